"""The review desk: lists, details, decisions."""
