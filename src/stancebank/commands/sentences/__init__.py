"""Correct where sentences begin and end.

A correction lasts: sentences are determined when a text is added, and no command determines
them again. Only the sentences that are named change.
"""
