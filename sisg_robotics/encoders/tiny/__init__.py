"""The encoder that comes with the package."""
