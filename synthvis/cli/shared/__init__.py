"""What several commands have in common: options, help, progress, displays."""
