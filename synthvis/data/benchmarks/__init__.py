"""Photographs that have a name: where they lie, and how they get there."""
