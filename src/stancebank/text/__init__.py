"""Characters and words: code points, lines, sentences, quotations, tokens, times, languages, spans carried over.

Functions from strings and frames of spans, for any text. Layers, records and files
belong elsewhere.
"""
