"""Predictions of models scored against a corpus, in the figures of published scorers.

How two annotations agree is in agreement, what a row of a view holds in views.
"""
