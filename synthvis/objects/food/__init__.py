"""Food other than fruit."""
