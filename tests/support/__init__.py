"""What several test packages share besides fixtures."""
