"""From checked parts to a Hugging Face dataset: shards, card, manifest, Croissant, verification.

What may be shown of a text is decided in editions, what a row is in views.
"""
