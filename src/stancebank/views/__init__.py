"""Derived tables: pure functions from a part to a frame.

One file for each view, and what views share. Files, shards and features of Hugging Face
belong in dataset.
"""
