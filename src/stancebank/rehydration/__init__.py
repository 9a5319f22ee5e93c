"""From an edition without texts and the user's own copies of them to the full edition.

The inverse of editions, and what cannot be restored as data.
"""
