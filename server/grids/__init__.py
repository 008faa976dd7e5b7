"""Grids of a village: who works which, how many households each has; made, renamed and closed."""
