"""From a scene to arrays: jobs, supervised workers, Blender, passes, sensor."""
