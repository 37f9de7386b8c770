"""What photographs say about the sensor that took them."""
