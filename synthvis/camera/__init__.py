"""The camera: what it is, its pinhole, its lens distortion, and the projector that one makes of it for an image."""
