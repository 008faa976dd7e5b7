"""Judging a visit: facts to lights, and a row for each light."""
