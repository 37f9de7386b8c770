"""How far synthetic is from real."""
