"""The loop that trains any task: steps, schedule, checkpoints, devices."""
