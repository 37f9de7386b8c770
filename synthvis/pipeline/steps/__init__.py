"""The steps of a pipeline, one file each: a function of the work that does it and says what came of it."""
