"""Furniture of homes, kitchens, shops and parks."""
