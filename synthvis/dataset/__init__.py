"""A dataset folder: layout, atomic writes, manifest, merge, quality gate."""
