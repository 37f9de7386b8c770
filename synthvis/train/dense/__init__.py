"""Tasks that answer for each pixel: paired views of picture and map, networks, and answers at the stored size."""
