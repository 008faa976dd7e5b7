"""Corrections of the register from the field: merged field by field, or proposed to the first secretary."""
