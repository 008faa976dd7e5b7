"""Tests of the evidence hints."""
