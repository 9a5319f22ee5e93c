"""Look at the labels of a corpus and change them.

The labels are in schemas/scheme.yaml. check reports what is wrong with it, show lists what it has, rename and
merge change a label in the scheme, all records, passes and decisions at once.
"""
