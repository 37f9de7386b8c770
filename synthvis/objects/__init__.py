"""The meshes of every kind of object: numpy only, true to scale, with named keypoints."""
