"""Boxes and classes."""
