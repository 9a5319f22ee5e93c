"""Editions of a dataset: with the texts, without a character of them, or with every letter masked."""
