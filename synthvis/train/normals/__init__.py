"""The task of telling which way the surface faces at each pixel."""
