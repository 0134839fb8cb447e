"""The questions of the cookbook, asked of real runs."""
