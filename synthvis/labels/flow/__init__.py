"""Optical flow and scene flow between two frames of a film: computed from depth and poses, in pixels, as colours."""
