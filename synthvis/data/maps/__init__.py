"""Label maps: how they are stored, the folders they lie in, and classes by pixel."""
