"""Dated, cited policy as data, and the pure engine that judges facts by it. Knows no web and no database."""
