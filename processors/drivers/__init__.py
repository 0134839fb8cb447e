"""What runs the fold: one file a runtime."""
