"""Rays: through a picture's pixels, to what they meet first, and to the exact data channels."""
