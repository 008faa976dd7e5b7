"""Bugs planted on purpose: each has to be caught for its own reason, or the tests that should are blind."""
