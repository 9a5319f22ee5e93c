"""Agreement between annotations of the same documents, and the gold that is made of them.

Pure functions from parts to scores and disagreements, and the decisions on these. Pictures
and pages of scores belong in pages.
"""
