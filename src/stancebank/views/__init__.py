"""Derived tables: pure functions from a part to a frame."""
