"""Annotations out of an export: decoded, placed, merged with what was sent, reported.

Every item of an export ends here as a record or as a notice. Nothing in this room speaks
to a server.
"""
