"""Recipes and pipelines: pydantic models, loading, overrides, suggestions."""
