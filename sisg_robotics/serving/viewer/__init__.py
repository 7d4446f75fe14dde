"""A page in the browser that shows a map and answers what one types. `page.py` wires it; the rest is pure."""
