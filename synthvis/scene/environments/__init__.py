"""Places: scenes in which things stand where people put them."""
