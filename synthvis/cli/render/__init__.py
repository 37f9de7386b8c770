"""`synthvis render`."""
