"""`synthvis doctor`."""
