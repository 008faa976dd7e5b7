"""Benchmarks; `make bench` runs them, nothing here asserts a time."""
