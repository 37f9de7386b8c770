"""Metrics, each computed by the field's reference implementation."""
