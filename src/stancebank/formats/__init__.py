"""Formats of other tools and of language models, a module or folder each.

Readers and writers know a format and no layer; placing knows layers and no format.
"""
