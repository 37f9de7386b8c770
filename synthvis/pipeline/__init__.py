"""A whole pipeline: from a recipe to a report, step by step, each skipped where it is up to date."""
