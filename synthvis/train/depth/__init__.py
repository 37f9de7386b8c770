"""The task of telling the distance of each pixel."""
