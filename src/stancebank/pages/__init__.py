"""Files written for people and for other tools: generated pages, schemas, datasheet, pictures, a new corpus.

A page follows from scheme, layers, rules and corpus; stancebank generate writes it and
checks that it has not drifted. The card of a built dataset belongs in dataset.
"""
