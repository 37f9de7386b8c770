"""Tasks that predict for each pixel: paired views of picture and map, networks, and predictions at the stored size."""
