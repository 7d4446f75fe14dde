"""Colour: materials, light and film for what the rays met."""
