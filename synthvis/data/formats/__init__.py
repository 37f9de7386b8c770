"""The forms in which labelled sets lie on disk: one module a form."""
