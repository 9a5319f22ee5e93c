"""From an edition without texts and the user's own copies of them to the full edition."""
