"""Plants, in pots and out of doors, and vases with their flowers."""
