"""Labels to and from files."""
