"""Two states of a corpus compared: records aligned, differences as data, differences in words.

States are snapshots of a corpus, of a revision, of a build or of a release. How well two
annotators agree is another question, and belongs in agreement.
"""
