"""Trained networks on pictures and videos without labels: what is found, drawn and in files."""
