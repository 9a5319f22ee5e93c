"""What differs between two states of a corpus, in the terms of annotation, and which version step that is."""
