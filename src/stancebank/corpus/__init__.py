"""One corpus as its files have it: read, written, counted, added to.

A faulty file ends here as a fault with its line. Whether the records are consistent
is checked in checks.
"""
