"""BOP: scenes of pictures with the 6D pose of each object, and the 3D models of these objects.

Source: bop_datasets_format.md of https://github.com/thodan/bop_toolkit.
"""
