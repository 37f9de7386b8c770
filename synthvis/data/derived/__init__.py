"""Splits made of other splits: parts, mixtures, crops, redrawn boxes."""
