"""Labels as pure functions of passes, spec and meshes: numpy in, numpy out."""
