"""What the network sees of an image: the square, and the random views of it."""
