"""Users, their sign-in sessions, and the throttle against guessing."""
