"""The names of the tasks, for those who need no more: a command line loads them in no time."""

TASKS = ("ner", "ner_names", "spans", "coref", "docred", "quotes", "stance", "stance_pairs")
