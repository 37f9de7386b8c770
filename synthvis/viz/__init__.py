"""Drawing: labels in images, sheets of pictures and charts. It knows of no page and no command."""
