"""How the rules do in a county: how often each is met or left open, and where phone and server differ."""
