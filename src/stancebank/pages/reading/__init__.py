"""Documents and records in words: one document for a terminal, hits in many, and what a page of the site says of them.

Where a corpus has errors, what is sound is read, and the findings go with it. Files of the site belong in pages/site.
"""
