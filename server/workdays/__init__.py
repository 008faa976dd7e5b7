"""Working days, periods of law, and the deadlines of the documents."""
