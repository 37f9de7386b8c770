"""The steps of a pipeline, one file each: a function of the pipeline run that does it and returns a message."""
