"""Trackers: which boxes of a film, found frame by frame, are of one object."""
