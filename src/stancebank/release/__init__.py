"""A new version of a corpus: checked, described, committed, tagged and published, all of it or nothing.

What differs from the last version is found in compare; what is uploaded is built in
dataset.
"""
