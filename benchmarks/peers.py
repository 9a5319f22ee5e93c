"""What users would pick instead, on the same texts: validators of files, tables and records, readers, an aligner."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
from anchoring import cases
from rivals import with_bigbio_checks, with_check_jsonschema, with_frictionless, with_udtools
from targets import Comparison, by_token
from works import STANCEBANK, Corpus, Places, Work

from stancebank.corpus.corpus import read_corpus

PROJECT = Path(__file__).parents[1]
PROGRAMS = PROJECT / ".venv-peers/bin"
"""Of an environment of its own, in which there is no StanceBank."""
ALIGNER = Path(__file__).parent / "rivals/with_langextract.py"
VALIDATE, LOADED, ANCHORED, XMI = "validate", "docred, load_dataset", "anchoring", "CAS XMI"
UDTOOLS = "udtools"
DOCRED = ("title", "sents", "vertexSet", "labels")


def _peers(places: Places) -> Mapping[str, Work]:
    return {
        VALIDATE: _of(places.few_documents, places.validate(places.few_documents)),
        **_conllu(places, places.first(60)),
        **_tables(places, places.first(500)),
        **_records(places, places.first(400)),
        **_built(places, places.first(4000)),
        **_words(places, places.first(1000), places.first(100)),
        **_cas(places, places.first(100)),
    }


def _of(corpus: Corpus, work: Work) -> Work:
    """The work with the number of tokens of its corpus."""
    return replace(work, tokens=_tokens(corpus.root))


@cache
def _tokens(root: Path) -> int:
    """The tokens of a corpus, as the token views and the CoNLL-U export have them."""
    corpus = read_corpus(root).sound()
    return sum(corpus.sound_part(name).tokens.height for name in corpus.part_names)


def _command(places: Places, corpus: Corpus, *command: str | Path) -> Work:
    return _of(corpus, Work(command, corpus.documents, places.cache("peers")))


def _rival(places: Places, corpus: Corpus, name: str, *arguments: str | Path, fresh: tuple[Path, ...] = ()) -> Work:
    command = (sys.executable, "-m", f"rivals.{name}", *arguments)
    return _of(corpus, Work(command, corpus.documents, places.cache("peers"), fresh))


def _exported(places: Places, corpus: Corpus, format: str) -> Path:
    out = places.out(f"exported-{format}")
    command = (STANCEBANK, "export", "--root", corpus.root, "--format", format, "--out", out)
    Work(command, corpus.documents, places.cache("peers")).run()
    return out


def _conllu(places: Places, corpus: Corpus) -> Mapping[str, Work]:
    files = with_udtools.prepare(_exported(places, corpus, "conllu"), places.out("conllu"))
    return {
        UDTOOLS: _command(places, corpus, *with_udtools.command(PROGRAMS, files)),
        f"{UDTOOLS}, levels 1 and 2": _command(places, corpus, *with_udtools.command(PROGRAMS, files, "--level", "2")),
    }


def _tables(places: Places, corpus: Corpus) -> Mapping[str, Work]:
    package = with_frictionless.prepare(corpus.root, places.out("tables"))
    return {"frictionless": _command(places, corpus, *with_frictionless.command(PROGRAMS, package))}


def _records(places: Places, corpus: Corpus) -> Mapping[str, Work]:
    folder = with_check_jsonschema.prepare(corpus.root, places.out("arrays"))
    return {"check-jsonschema": _rival(places, corpus, "with_check_jsonschema", folder)}


def _built(places: Places, corpus: Corpus) -> Mapping[str, Work]:
    places.build(corpus, views=("documents", "docred")).run()
    build = places.out("build").rename(places.out("peers-build"))
    file, caches = places.out("docred.json"), places.out("loaded-by-peers")
    file.write_text(json.dumps(pq.read_table(build / "data/docred", columns=list(DOCRED)).to_pylist()), "utf-8")
    return {
        "BigBIO's checks": _rival(places, corpus, "with_bigbio_checks", build, caches, fresh=(caches,)),
        LOADED: _rival(places, corpus, "with_docred_reader", build, caches, fresh=(caches,)),
        "docred, JSON read by hand": _rival(places, corpus, "with_docred_reader", file),
    }


def _words(places: Places, many: Corpus, few: Corpus) -> Mapping[str, Work]:
    """few: for langextract, which takes longer."""
    return {
        ANCHORED: _rival(places, many, "anchored", _quoted(places, many)),
        f"{ANCHORED}, langextract": _command(places, few, PROGRAMS / "python", ALIGNER, _quoted(places, few)),
    }


def _quoted(places: Places, corpus: Corpus) -> Path:
    """A file with each text and the words of its spans, layer by layer."""
    read = read_corpus(corpus.root).sound()
    tasks = [(case.text, case.words()) for name in read.part_names for case in cases(read.sound_part(name))]
    file = places.out(f"words-{corpus.documents}.json")
    file.write_text(json.dumps(tasks), "utf-8")
    return file


def _cas(places: Places, corpus: Corpus) -> Mapping[str, Work]:
    folder = _exported(places, corpus, "cas")
    return {
        XMI: _rival(places, corpus, "reading", "cas", folder),
        f"{XMI}, dkpro-cassis": _rival(places, corpus, "with_cassis", folder),
    }


def _note() -> str:
    """What each peer finds, as tried on broken inputs, and what it does not."""
    lock = (PROJECT / "requirements/peers.txt").read_text("utf-8")
    version = dict(re.findall(r"^([\w-]+)==(\S+)", lock, re.MULTILINE))
    tables, examples = (", ".join(each.CHECKED) for each in (with_frictionless, with_bigbio_checks))
    return f"""\
Each peer reads the first documents of the same texts, in files that are written before and not counted. Tokens are
those of the token views. What a peer finds was tried on broken inputs.

- **validate** checks all rules.
- **udtools** {version["udtools"]}, on the CoNLL-U export, finds words that are not the text, repeated ids of sentences,
  gaps in the numbers of words, and mentions that are not closed, are closed wrongly or are repeated. It does not find
  wrong labels, repeated ids of mentions or mentions of a wrong entity. The format has no relations, attributions and
  stances. The tests of entities need a tree of each sentence, which the corpus lacks: every word hangs from the first.
  Levels 1 and 2 test the format; the others, which run by default, test syntax.
- **frictionless** {version["frictionless"]}, on CSV with a table schema, tests patterns, labels, keys and
  foreign keys. It finds what breaks {tables}.
  It sees no offsets, and no missing source or holder, since a foreign key there may not be null.
- **check-jsonschema**, on arrays of records with the project's schemas, finds what jsonschema finds (below), except
  for a missing file. It sees one record at a time: no offsets and no references.
- **BigBIO's checks**, on the documents view of a build, written here after what that project's tests look at: ids,
  offsets and references in an example. They find what breaks
  {examples}, and missing sources, holders, heads and tails. They see no labels.
- **docred**: both make the same examples with the same function, which tests that mentions, heads, tails and evidence
  exist. load_dataset also applies the features.
- **anchoring**: the same words in the same texts, without context. langextract {version["langextract"]},
  with exact matches, places nine in ten of them, StanceBank nearly all ([figures](../docs/models.md)).
- **CAS XMI**: dkpro-cassis makes its own objects. StanceBank reads with it and then makes checked documents of them.

"""


COMPARISON = Comparison(
    "What users would pick instead",
    _peers,
    (
        by_token(VALIDATE, VALIDATE, UDTOOLS, 80),
        by_token(VALIDATE, VALIDATE, f"{UDTOOLS}, levels 1 and 2"),
        by_token(VALIDATE, VALIDATE, "frictionless"),
        by_token(VALIDATE, VALIDATE, "check-jsonschema"),
        by_token(VALIDATE, VALIDATE, "BigBIO's checks"),
        by_token(LOADED, LOADED, "docred, JSON read by hand"),
        by_token(ANCHORED, ANCHORED, f"{ANCHORED}, langextract"),
        by_token(XMI, XMI, f"{XMI}, dkpro-cassis"),
    ),
    note=_note,
)
