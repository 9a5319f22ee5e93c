"""A new corpus in a folder that has none: settings, registers, scheme, guidelines and what follows from the scheme."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from stancebank.corpus.additions import UNKNOWN_STATEMENT
from stancebank.corpus.new_documents import UNKNOWN_RIGHTS
from stancebank.faults import StanceBankError, printable, readable
from stancebank.pages.generated import scheme_files
from stancebank.pages.generated_blocks import filled, label_table
from stancebank.pages.placeholders import PLACEHOLDER
from stancebank.schema.layers import TARGETS
from stancebank.schema.paths import (
    ANNOTATORS_FILE,
    CORPUS_FILE,
    GUIDELINES,
    SCHEME_FILE,
    SEEDS_FILE,
    TEMPLATES,
    TEMPLATES_FOLDER,
    shared_file,
)
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import write_files

_SEED_LIST = f"""\
# Where each raw text is from and what is known of the rights in it.
rights:
  {UNKNOWN_RIGHTS}:
    statement: {UNKNOWN_STATEMENT}
    redistribution: false
seeds: []
""".encode()

_ANNOTATORS = b"""\
# Who or what made the passes in annotation/passes, one entry each, such as:
#   - id: ann                  # the name of the pass's folder
#     kind: person             # person, language model or program
#     name: Ann Example
#     date: 2031-05-01
#     instructions: annotation/guidelines
#     note: Knows the language as a native speaker.
annotators: []
"""


def template_file(root: Path, name: str) -> Path:
    """The scheme of a template. root: of the corpus that comes with the package."""
    return root / (SCHEME_FILE if name == TEMPLATES[0] else f"{TEMPLATES_FOLDER}/{name}.yaml")


def make_corpus(folder: Path, scheme_file: Path) -> None:
    """Make an empty corpus in a folder that has none: settings, registers, scheme and what follows from it.

    scheme_file: the scheme to copy. Raises StanceBankError where there is a corpus already,
    where Label Studio cannot hold the scheme's labels, or where writing fails.
    """
    if (folder / CORPUS_FILE).exists():
        what = f"{printable(str(folder))} holds a corpus already"
        raise StanceBankError(what, "name another folder; nothing was changed")
    title = printable(folder.resolve().name) or "corpus"
    name = re.sub(r"[^a-z0-9_-]+", "-", title.lower()).lstrip("-_0123456789").rstrip("-_") or "corpus"
    settings = (
        "# What the corpus is called and what may be done with it; the texts' own rights are in seeds/seeds.yaml.\n"
        f'name: "{name}"\ntitle: {json.dumps(title)}\n'
        f"description: {PLACEHOLDER} in a sentence what is in the corpus.\nversion: 0.1.0\n"
        "annotation_license: not stated\n"
        "# For each split the parts in it, as shell patterns; a part belongs to exactly one split.\n"
        'splits:\n  train: ["*"]\n'
    )
    data = scheme_file.read_bytes()
    scheme = readable(*parse_scheme(data))
    files = {CORPUS_FILE: settings.encode(), SEEDS_FILE: _SEED_LIST, SCHEME_FILE: data}
    if TARGETS.name in scheme.layers:
        files[shared_file(TARGETS.name)] = b""
    files |= {ANNOTATORS_FILE: _ANNOTATORS, f"{GUIDELINES}/README.md": _guidelines(scheme).encode()}
    files |= scheme_files(scheme)
    files |= {
        ".gitattributes": b"seeds/** -text\ncorpus/** -text\n",
        ".gitignore": b"/dist/\n/.studio/\n/.venv-studio/\n.new-*\n.old-*\n.unfinished-*\n",
    }
    existing = [file for file in files if (folder / file).exists()]
    if existing:
        what = f"{printable(str(folder))} holds {existing[0]} already"
        raise StanceBankError(what, "name another folder; nothing was changed")
    write_files(folder, files)


def _guidelines(scheme: Scheme) -> str:
    """A page with a section for each list of labels, to be filled in."""
    page = "\n".join(_sections(scheme)) + "\n"
    return filled(page, f"{GUIDELINES}/README.md", lambda marker: label_table(scheme, marker))


def _sections(scheme: Scheme) -> Iterator[str]:
    yield from ("# Guidelines", "", f"{PLACEHOLDER} who annotates what, and why.", "")
    yield "The tables come from `schemas/scheme.yaml`; `stancebank generate` renews them."
    for vocabulary in scheme.vocabularies:
        heading = vocabulary.replace("_", " ").replace(".", ": ")
        yield from ("", f"## {heading[:1].upper()}{heading[1:]}", "")
        yield from (f"<!-- labels:{vocabulary} -->", f"<!-- end of labels:{vocabulary} -->", "")
        yield f"{PLACEHOLDER} how to decide between them, with examples and hard cases."
