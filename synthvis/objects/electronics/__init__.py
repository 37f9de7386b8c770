"""Screens, keyboards and other devices."""
