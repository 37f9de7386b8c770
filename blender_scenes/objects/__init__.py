"""Meshes of a scene as Blender objects, and what is scattered over them."""
