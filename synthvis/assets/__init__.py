"""Own assets: folders of meshes and pictures that the user brings, read with care and handed on as plain arrays."""
