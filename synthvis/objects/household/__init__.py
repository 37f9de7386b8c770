"""Small things of a home, and what hangs on its walls."""
