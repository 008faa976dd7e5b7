"""The household checklist: versions, answer checks, and the facts that rules read."""
