"""Decides a scene: numpy only, no Blender."""
