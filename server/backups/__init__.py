"""Backups that were restored before anybody relied on them, and what phones may therefore forget."""
