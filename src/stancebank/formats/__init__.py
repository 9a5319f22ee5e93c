"""Formats of other tools and of language models, each in a folder of its own.

Readers and writers know a format and no layer; placing knows layers and no format.
"""
