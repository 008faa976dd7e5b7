"""Tests of grids."""
