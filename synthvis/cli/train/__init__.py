"""`synthvis train`."""
