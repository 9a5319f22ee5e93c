"""The commands in the order of work, each with the meaning of its exit code 1; empty where it never ends with 1.

A command is a line here and a file of its name, whose module docstring is its help.
"""

from __future__ import annotations

from collections.abc import Mapping

STUDIO: Mapping[str, str] = {
    "up": "",
    "push": "the corpus has errors; nothing was sent",
    "pull": "some items were refused",
    "status": "",
    "remove": "",
    "down": "",
    "export": "the corpus has errors; nothing was written",
    "import": "some items were refused",
}
SENTENCES: Mapping[str, str] = {"split": "", "join": ""}
SCHEME: Mapping[str, str] = {
    "check": "the scheme has errors",
    "show": "",
    "rename": "",
    "merge": "",
}
FILES: Mapping[str, str] = {
    "commands.import": "import_",
    "studio.import": "import_",
    "studio.remove": "remove_tasks",
    "commands.export": "export_corpus",
    "commands.score": "score_predictions",
    "scheme.check": "check_scheme",
    "scheme.show": "show_scheme",
    "scheme.rename": "rename_label",
    "scheme.merge": "merge_labels",
}
"""The files of commands that are not called like their command."""
COMMANDS: Mapping[str, Mapping[str, str | Mapping[str, str]]] = {
    "Corpus": {
        "init": "",
        "add": "with --skip: texts were left out",
        "update": "",
        "remove": "",
        "move": "",
        "rename": "",
        "sentences": SENTENCES,
        "validate": "the corpus has errors, or with --strict warnings",
        "rule": "",
        "stats": "",
        "show": "",
        "find": "",
        "site": "with --edition: the corpus has errors; nothing was written",
        "generate": "with --check: a generated file is out of date",
        "scheme": SCHEME,
        "migrate": "",
    },
    "Annotation": {
        "studio": STUDIO,
        "prompt": "",
        "import": "some files or items were refused or could not be placed",
        "export": "",
        "preannotate": "some spans of the model could not be placed",
        "progress": "",
        "done": "",
        "reopen": "",
        "agree": "",
        "adjudicate": "a disagreement is undecided, or a decision breaks a rule",
    },
    "Dataset": {
        "build": "the corpus has errors; nothing was built",
        "preview": "",
        "score": "",
        "verify": "a file differs from the manifest",
        "rehydrate": "a passage could not be restored",
        "publish": "the corpus has errors; nothing was published",
    },
    "Versions": {
        "diff": "the states differ",
        "release": "strict validation has findings; nothing was released",
    },
}
OLD_NAMES: Mapping[str, str] = {"rules": "rule"}
"""Commands of the version before, hidden, and what does their work now."""
EXIT_CODES = {
    0: "success",
    1: "the command found errors or differences, or refused items",
    2: "wrong usage, or the command cannot be carried out",
    3: "an error in StanceBank itself",
}
