"""The Python API: one module a verb, over all other rooms; the command line is a thin shell over it."""
