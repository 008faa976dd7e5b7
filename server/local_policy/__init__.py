"""A county's own settings of the policy: signed, dated, never edited; and the rules as they come to."""
