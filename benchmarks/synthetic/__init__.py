"""Made-up documents: sentences with their annotations, and the names that stand in them."""
