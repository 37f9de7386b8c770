"""`synthvis bench`."""
