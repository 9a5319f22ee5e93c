"""The corpus as Label Studio shows it: controls, labelling config, tasks, and the merge base beside them.

What leaves for Label Studio is made here. What comes back belongs in importing, what
speaks to a server in server.
"""
