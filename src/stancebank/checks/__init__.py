"""Rules, findings and reports.

A rule is in the file of its hundred: sb3_spans.py has SB301. What a rule needs to know
of texts or layers belongs in the rooms below; commands choose and print.
"""
