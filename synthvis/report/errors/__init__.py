"""The worst errors as pictures, for each task in its own way."""
