"""What stands around the objects of a scene."""
