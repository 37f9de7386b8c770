"""Sports equipment."""
