"""What the data is and is called: the scheme's labels, the layers and their columns, frames of them, paths.

This room has what is known of a corpus without reading one. Reading and writing records
belongs in corpus, what must hold of them in checks.
"""
