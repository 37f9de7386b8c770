"""Where objects of known shape are before the camera."""
