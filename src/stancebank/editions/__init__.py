"""What may be shown: the full, the stand-off and the masked edition of a corpus.

From a part to a part with nothing in it that its rights withhold. Shards and cards belong
in dataset, putting texts back in rehydration.
"""
