"""`synthvis gap`."""
