"""Named points of the objects of one category."""
