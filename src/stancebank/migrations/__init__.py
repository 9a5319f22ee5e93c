"""From one version of the label scheme to the next: a module of pure functions for each step.

A step changes records and the text of scheme.yaml, and keeps every other byte. What the
scheme is today belongs in schema.
"""
