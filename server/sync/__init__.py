"""The phone's door: visits in, assignments out."""
