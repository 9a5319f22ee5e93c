"""Bytes in and out, safely: files, addresses, remote folders, git, YAML, positions in JSON, digests.

This room has what any program that handles files carefully needs. What a corpus is, or a
layer, this room does not know.
"""
