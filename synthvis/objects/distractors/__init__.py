"""Objects without a label that clutter a scene."""
