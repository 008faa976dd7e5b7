"""Photos of a visit: expected, received, checked in a child process, served re-encoded."""
