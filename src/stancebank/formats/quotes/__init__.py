"""Annotations as quotations: what a language model is asked for, and what comes of its answers.

Spans are words, references are local names. What is allowed in a record follows from the layers and the scheme.
"""
