"""Re-checks by the township: what the village let through with a light, until it is settled or handed up."""
