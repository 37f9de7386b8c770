"""Road vehicles: all drive to -x, so that their left is at -y."""
