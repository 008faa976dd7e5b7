"""Tests of the condition language, the packs and the engine."""
