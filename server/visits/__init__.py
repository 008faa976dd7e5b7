"""Visits as the phone signed them: kept whole, in revisions, with a receipt."""
