"""The public Python interface: corpora read, annotated and saved as objects; the package's root exports it.

How records are checked, placed in texts and written is below; what the command line alone needs is in commands.
"""
