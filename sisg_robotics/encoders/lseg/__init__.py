"""LSeg: a vision transformer whose every cell answers to words."""
