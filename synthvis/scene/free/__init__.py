"""Free scenes: objects scattered in front of the camera on a stage without furniture."""
