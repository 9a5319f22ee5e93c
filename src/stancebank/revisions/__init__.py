"""Documents of a corpus updated, removed, moved and renamed, with everything that refers to them, in one step.

A revision is planned first, as files that change, and written at once or not at all. Where
words are in a corrected text belongs in text, what the rules require in checks.
"""
