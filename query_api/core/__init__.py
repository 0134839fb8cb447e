"""What the query API decides without doing: plans, downsampling, cursors and filters."""
