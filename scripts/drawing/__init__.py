"""The drawing of the packaged sample data, piece by piece."""
