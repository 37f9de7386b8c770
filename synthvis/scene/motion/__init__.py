"""How things and the camera move through a film: paths, physics, and what carries what."""
