"""`synthvis study`."""
