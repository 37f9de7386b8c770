"""Trained networks as files for other runtimes: one graph each, checked against torch."""
