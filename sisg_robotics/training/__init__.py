"""How the shipped encoder comes about: views with labels, words for them, a loss, a loop."""
