"""Agreement between annotations of the same documents: pure functions from parts to numbers."""
