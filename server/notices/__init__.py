"""Notices: what somebody has to know of, in the app and, without personal data, outside of it."""
