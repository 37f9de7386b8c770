"""The task of telling the class of each pixel."""
