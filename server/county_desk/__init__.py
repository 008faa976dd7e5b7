"""The county's desk: cases handed up, who works on them, decisions, and everything known of a household."""
