"""Labelled sets written in another form: named, placed, resumed."""
