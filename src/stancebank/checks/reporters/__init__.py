"""Findings for people and for programs: the same findings, rendered.

Each reporter takes a tally and gives what it has to say piece by piece, each to
be printed with a newline after it. However many findings there are, none keeps
more than a few.
"""
