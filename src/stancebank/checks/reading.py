"""SB1xx: files that cannot be read as what they should be."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.checks.registry import Faults, fault_rule
from stancebank.faults import Fault, FaultKind


def _of(faults: Faults, *kinds: FaultKind) -> Iterator[Fault]:
    return (fault for fault in faults if fault.kind in kinds)


@fault_rule("SB101", "settings-invalid")
def settings_invalid(faults: Faults) -> Iterator[Fault]:
    """corpus/corpus.yaml is missing or does not say what it must.

    Why: name, version and splits of the dataset come from it.
    Example: corpus/corpus.yaml:8:10 $.splits.train: Input should be a valid list
    Fix: correct the line that is named; see corpus/corpus.yaml of this project for an example.
    """
    return _of(faults, "settings")


@fault_rule("SB102", "scheme-invalid")
def scheme_invalid(faults: Faults) -> Iterator[Fault]:
    """schemas/scheme.yaml is missing or contradicts itself: a label twice, a domain with an unknown type.

    Why: every label in the corpus is checked against it.
    Example: schemas/scheme.yaml:34:14 $.relation_types[2].domain[0]: EVENTS is no entity type; the domain of located_in
    takes PERSON, ORG, GPE, EVENT, DATE
    Fix: correct the line that is named.
    """
    return _of(faults, "scheme")


@fault_rule("SB103", "seed-register-invalid")
def seed_register_invalid(faults: Faults) -> Iterator[Fault]:
    """seeds/seeds.yaml is missing or does not say what it must: a file twice, rights that no table explains.

    Why: it holds the origin and the rights of every text.
    Example: seeds/seeds.yaml:11:13 $.seeds[0].rights: the rights table has no key made-upp; it has made-up
    Fix: correct the line that is named.
    """
    return _of(faults, "seeds-file")


@fault_rule("SB104", "layer-missing")
def layer_missing(faults: Faults) -> Iterator[Fault]:
    """A part lacks the file of a layer, or the corpus lacks targets.jsonl.

    Why: a missing file and a layer without annotations must not look alike.
    Example: corpus/2026-03/stances.jsonl the file is missing
    Fix: restore the file; a layer with nothing in it is an empty file.
    """
    return _of(faults, "missing")


@fault_rule("SB105", "file-unexpected")
def file_unexpected(faults: Faults) -> Iterator[Fault]:
    """A part holds something that is not the file of a layer.

    Why: a misspelt layer (mention.jsonl) would be left out in silence.
    Example: corpus/2026-03/mentions-copy.jsonl not the file of a layer that belongs here; expected attributions.jsonl,
    documents.jsonl, entities.jsonl, mentions.jsonl, relations.jsonl, sentences.jsonl, stances.jsonl
    Fix: correct its name, or move it out of the corpus.
    """
    return _of(faults, "unexpected")


@fault_rule("SB106", "file-outside-root")
def file_outside_root(faults: Faults) -> Iterator[Fault]:
    """A file is a symbolic link that leads out of the corpus root.

    Why: a corpus must be whole in itself, and must not publish other files of the machine.
    Example: corpus/2026-03/mentions.jsonl the file is a symbolic link that leads out of the corpus root
    Fix: put the file itself in the place of the link.
    """
    return _of(faults, "outside")


@fault_rule("SB107", "file-unreadable")
def file_unreadable(faults: Faults) -> Iterator[Fault]:
    """A file is there but the system does not let it be read, or it is a folder.

    Why: nothing in it can be checked.
    Example: corpus/2026-03/mentions.jsonl this is not a regular file
    Fix: make it a readable file.
    """
    return _of(faults, "unreadable")


@fault_rule("SB108", "not-utf-8")
def not_utf_8(faults: Faults) -> Iterator[Fault]:
    """A line holds bytes that are not UTF-8.

    Why: guessing an encoding corrupts text and shifts offsets.
    Example: corpus/2026-03/entities.jsonl:7:75 byte 0xe3 is not UTF-8
    Fix: save the file as UTF-8.
    """
    return _of(faults, "encoding")


@fault_rule("SB109", "byte-order-mark")
def byte_order_mark(faults: Faults) -> Iterator[Fault]:
    """A file starts with a byte-order mark.

    Why: JSON forbids it, and readers differ in what they make of it.
    Example: corpus/2026-03/entities.jsonl:1:1 the file starts with a byte-order mark
    Fix: save the file as UTF-8 without one.
    """
    return _of(faults, "byte-order-mark")


@fault_rule("SB110", "line-end-crlf")
def line_end_crlf(faults: Faults) -> Iterator[Fault]:
    """A line ends with CR LF.

    Why: the corpus is compared byte for byte; line ends that change make every line differ.
    Example: corpus/2026-03/mentions.jsonl:3:114 the line ends with CR LF
    Fix: save the file with LF line ends (git: set core.autocrlf to input).
    """
    return _of(faults, "carriage-return")


@fault_rule("SB111", "line-empty")
def line_empty(faults: Faults) -> Iterator[Fault]:
    """A line is empty.

    Why: row and line numbers would part ways, and a lost record leaves such a line.
    Example: corpus/2026-03/relations.jsonl:5:1 the line is empty
    Fix: remove the line.
    """
    return _of(faults, "empty-line")


@fault_rule("SB112", "final-newline-missing")
def final_newline_missing(faults: Faults) -> Iterator[Fault]:
    """The last line does not end with a newline.

    Why: a file that was cut looks like this.
    Example: corpus/2026-03/stances.jsonl:2 the last line has no newline at its end; more may be missing
    Fix: restore what is missing, or end the line.
    """
    return _of(faults, "final-newline")


@fault_rule("SB113", "not-json")
def not_json(faults: Faults) -> Iterator[Fault]:
    """A line is not valid JSON, nests too deeply, or holds a number that no reader can take.

    Why: nothing in the line can be checked.
    Example: corpus/2026-03/mentions.jsonl:12:122 not valid JSON: Expecting property name enclosed in double quotes
    Fix: correct the line at the place that is named.
    """
    return _of(faults, "json")


@fault_rule("SB114", "not-an-object")
def not_an_object(faults: Faults) -> Iterator[Fault]:
    """A line holds a JSON value that is not an object.

    Why: a record is one object.
    Example: corpus/2026-03/mentions.jsonl:12:1 expected one object on the line, found the string
    "{"doc_id":"river-tolls","mention_id":"m12","entity_id":"e..."
    Fix: write the record as {...}.
    """
    return _of(faults, "not-an-object")


@fault_rule("SB115", "key-duplicate")
def key_duplicate(faults: Faults) -> Iterator[Fault]:
    """A key stands twice in one object.

    Why: some readers keep the first value, some the last.
    Example: corpus/2026-03/mentions.jsonl:3:96 the key "text" stands twice
    Fix: keep one of them.
    """
    return _of(faults, "duplicate-key")


@fault_rule("SB116", "key-unknown")
def key_unknown(faults: Faults) -> Iterator[Fault]:
    """A record has a key that its layer does not know.

    Why: a misspelt key would be dropped in silence.
    Example: corpus/2026-03/mentions.jsonl:3:121 unknown key "note"; expected doc_id, mention_id, entity_id, start, end,
    text, level
    Fix: remove the key, or correct its name.
    """
    return _of(faults, "unknown-key")


@fault_rule("SB117", "key-missing")
def key_missing(faults: Faults) -> Iterator[Fault]:
    """A record lacks a key of its layer.

    Why: a value that was forgotten and one that is null must not look alike.
    Example: corpus/2026-03/entities.jsonl:4:1 the key "wikidata" is missing
    Fix: add the key, with null where the layer allows it and there is none.
    """
    return _of(faults, "missing-key")


@fault_rule("SB118", "type-wrong")
def type_wrong(faults: Faults) -> Iterator[Fault]:
    """A value is of another JSON type than its column: 5 for "5", 1.0 for 1, null where none is allowed.

    Why: readers that coerce change data in silence.
    Example: corpus/2026-03/attributions.jsonl:2:160 $.content[1].start is the string "144", expected an integer
    Fix: write the value in the type that is named.
    """
    return _of(faults, "type")


@fault_rule("SB119", "annotator-register-invalid")
def annotator_register_invalid(faults: Faults) -> Iterator[Fault]:
    """annotation/annotators.yaml does not say what it must: an annotator twice, or of no known kind.

    Why: it says who or what made each pass; nobody can weigh an annotation without that.
    Example: annotation/annotators.yaml:4:11 $.annotators[0].kind: Input should be 'person', 'language model' or
    'program'
    Fix: correct the line that is named.
    """
    return _of(faults, "annotators")


@fault_rule("SB120", "scheme-version-other")
def scheme_version_other(faults: Faults) -> Iterator[Fault]:
    """schemas/scheme.yaml has another version than the one that this StanceBank works on.

    Why: fields and vocabularies come and go with the version; every record would seem wrong.
    Example: schemas/scheme.yaml:2:10 $.version: this corpus has scheme 1.0; this StanceBank works on scheme 1.1
    Fix: run stancebank migrate; where the version is newer, install a newer StanceBank.
    """
    return _of(faults, "scheme-version")
