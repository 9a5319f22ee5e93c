"""How work is spread: over this process, a pool of processes or a cluster.

The work itself is a plain function from a part to a result, and belongs to the room
whose work it is.
"""
