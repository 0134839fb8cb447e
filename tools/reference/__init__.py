"""One module for each kind of generated reference page."""
