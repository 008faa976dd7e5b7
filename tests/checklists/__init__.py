"""Tests of the checklist: definitions, walks through the form, facts."""
