"""Fruit, whole and cut."""
