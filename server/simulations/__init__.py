"""What if a figure or a rule were different: counted over a county's latest facts, nothing stored."""
