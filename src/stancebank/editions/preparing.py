"""Getting ready to build an edition: what values of the corpus copy from its texts, and the key that these give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.editions.columns import written
from stancebank.editions.copies import RUN, Copies, Place, first_runs, runs_of
from stancebank.editions.edition import FULL, Edition, EditionName
from stancebank.editions.sealing import SHORT_TEXT, corpus_key, key
from stancebank.faults import StanceBankError, excerpt
from stancebank.schema.paths import DATASHEET
from stancebank.schema.scheme import Scheme
from stancebank.storage.files import read_inside
from stancebank.work.engines import Engine, here

READINGS = 2  # of each part, before it is built


def edition_of(
    corpus: Corpus, name: EditionName, engine: Engine = here, advance: Callable[[int], None] = lambda _: None
) -> Edition:
    """An edition of a corpus that could be read; parts that cannot be read are passed over.

    engine: where the parts are read, READINGS times, but for the full edition. advance:
    called after each of these, with 0. Raises StanceBankError where an id or a file name
    repeats five words of a text, since those cannot be withheld.
    """
    if name == "full":
        return FULL
    wanted, names = runs_of(_corpus_values(corpus)), set(_corpus_names(corpus))
    for values, ids in engine(partial(_asked, corpus), corpus.part_names):
        wanted |= values
        names |= ids
        advance(0)
    found: dict[str, Place] = {}
    secrets = []
    for places, secret in engine(partial(_scanned, corpus, wanted | runs_of(names)), corpus.part_names):
        found = places | found
        secrets.append(secret)
        advance(0)
    copies = Copies(found)
    for each in sorted(names):
        if copies.stretches(each):
            what = f"the name {excerpt(each)} repeats {RUN} words of a text, and no edition can omit it"
            raise StanceBankError(what, "give the document, part or file another name")
    return Edition(name, corpus.settings.editions.withhold, copies, corpus_key(secrets))


def short_documents(corpus: Corpus) -> int:
    """How many documents are so short that somebody may guess their text, and have its digest confirm the guess."""
    parts = (corpus.read_part(name)["documents"]["text"] for name in corpus.part_names)
    return sum(int((texts.str.len_chars() < SHORT_TEXT).sum()) for texts in parts)


def part_secret(part: Part) -> bytes:
    """The key that the texts of a part give."""
    return key(part["documents"]["text"], part.corpus.settings.name)


def _asked(corpus: Corpus, name: str) -> tuple[set[str], set[str]]:
    """The runs of what annotators wrote in a part, in passes too; and its ids that have five words."""
    part = corpus.read_part(name)
    values: set[str] = set()
    ids: set[str] = set()
    for each in (part, *part.passes):
        if not each.faults:
            for layer in part.layers.parts.values():
                values |= runs_of(written(each[layer.name], layer.columns))
                of_layer = [layer.id_column, *(["seed"] if "seed" in layer.names else [])]
                for column in of_layer:
                    found = each[layer.name][column].unique()
                    ids |= {value for value in found.filter(found.str.len_bytes() >= 2 * RUN - 1) if runs_of([value])}
    return values, ids


def _scanned(corpus: Corpus, wanted: set[str], name: str) -> tuple[dict[str, Place], bytes]:
    """Which of the runs occur in the part's texts, and where first; and the key that the texts give."""
    part = corpus.read_part(name)
    found: dict[str, Place] = {}
    if part.faults:
        return found, b""
    for doc_id, text in part["documents"].select("doc_id", "text").iter_rows():
        found = first_runs(doc_id, text, wanted - found.keys()) | found
    return found, part_secret(part)


def _corpus_values(corpus: Corpus) -> Iterator[str]:
    """What people have written in settings, registers, scheme and datasheet."""
    for name, rows in corpus.shared.items():
        yield from written(rows, corpus.layers[name].columns)
    yield from (corpus.settings.title, corpus.settings.description, corpus.settings.annotation_license)
    yield from (rights.statement for rights in corpus.seeds.rights.values())
    yield from corpus.seeds.table["origin"].unique()
    for each in corpus.register.annotators:
        yield from (each.name, each.instructions, each.note)
    yield from _scheme_values(corpus.scheme)
    datasheet, _ = read_inside(corpus.root, DATASHEET)
    yield (datasheet or b"").decode(errors="replace")


def _scheme_values(scheme: Scheme) -> Iterator[str]:
    yield from (scheme.name, scheme.title or "")
    yield from (label.definition or "" for labels in scheme.vocabularies.values() for label in labels)
    yield from (each.meaning for each in scheme.fields)


def _corpus_names(corpus: Corpus) -> Iterator[str]:
    yield from (corpus.settings.name, *corpus.settings.splits, *corpus.part_names, *corpus.annotators)
    yield from (*corpus.seeds.rights, *corpus.seeds.table["file"])
    for name, rows in corpus.shared.items():
        yield from rows[corpus.layers[name].id_column]
