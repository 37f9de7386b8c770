"""Studies: many trainings that together answer one question about a synthetic set."""
