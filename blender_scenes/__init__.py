"""Builds in Blender what a scene spec says; samples nothing and labels nothing."""
