"""Signs, signals and cones."""
