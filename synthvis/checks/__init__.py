"""The quality gate: whether the files of a dataset agree with each other."""
