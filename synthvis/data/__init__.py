"""Reading labelled sets, rendered and photographed."""
