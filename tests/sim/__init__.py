"""The sync simulator: seeded phones with the real app's core against the real server, through every fault."""
