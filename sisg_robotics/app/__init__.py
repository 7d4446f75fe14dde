"""What the applications share: their keys, their help, how they end."""
