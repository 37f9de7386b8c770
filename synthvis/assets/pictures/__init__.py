"""Own pictures: textures, environment maps, backgrounds."""
