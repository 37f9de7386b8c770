"""Benchmarks: how fast images are made, networks trained, annotations merged and commands started."""
