"""Own meshes: from a file to a type of object."""
