"""Tracks of objects: the detector of the task detection, and a tracker behind it."""
