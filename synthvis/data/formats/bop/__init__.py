"""BOP: scenes of pictures with the 6D pose of each object, and the 3D models of these objects.

Source: https://github.com/thodan/bop_toolkit/blob/master/docs/bop_datasets_format.md.
"""
