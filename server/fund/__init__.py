"""The poverty-prevention fund: what a family may be paid, and how the figure comes about."""
