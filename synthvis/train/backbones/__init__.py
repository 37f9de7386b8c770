"""Pretrained feature extractors: their maps, their weights, what of them learns."""
