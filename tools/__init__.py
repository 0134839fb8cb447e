"""What `make` runs beside the packages' own tools."""
