"""Training and prediction with torch."""
