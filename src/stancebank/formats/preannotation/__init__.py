"""Passes made by programs over texts that the corpus has: by pipelines of spaCy, and by a gazetteer of its own names.

How spans find their place in the layers is in the room above; what language models answer in quotes.
"""
