"""COCO files: read from outside with care, and written."""
