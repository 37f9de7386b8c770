"""Consoles, tables, progress."""
