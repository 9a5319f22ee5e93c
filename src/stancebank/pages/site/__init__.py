"""Static pages of a corpus: written part by part, without a server, and with nothing from elsewhere.

What a page says of a record is worded in pages/reading; a template escapes all that it is given.
"""
