"""Households and their members: the register a visit is made against."""
