"""Tests of notices and webhooks."""
