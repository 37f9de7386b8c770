"""Masks of single objects."""
