"""SB1xx: files that are missing, unexpected or malformed."""

from __future__ import annotations

from stancebank.checks.registry import fault_rule


@fault_rule("SB101", "settings-invalid", "settings")
def settings_invalid() -> None:
    """corpus/corpus.yaml is missing or invalid.

    Why: name, version and splits of the dataset come from it.
    Example: corpus/corpus.yaml:8:10 $.splits.train: expected a list, found "*"
    Fix: correct the reported line; see corpus/corpus.yaml of this project for an example.
    """


@fault_rule("SB102", "scheme-invalid", "scheme")
def scheme_invalid() -> None:
    """schemas/scheme.yaml is missing or contradicts itself: a label twice, a domain with an unknown type.

    Why: every label in the corpus is checked against it.
    Example: schemas/scheme.yaml:48:14 $.relation_types[2].domain[0]: EVENTS is not an entity type; the domain of
    located_in takes PERSON, ORG, GPE, EVENT, DATE; did you mean "EVENT"?
    Fix: correct the reported line.
    """


@fault_rule("SB103", "seed-register-invalid", "seeds-file")
def seed_register_invalid() -> None:
    """seeds/seeds.yaml is missing or invalid: a file twice, rights that no table explains.

    Why: it holds the origin and the rights of every text.
    Example: seeds/seeds.yaml:11:13 $.seeds[0].rights: the rights table has no key made-upp; it has made-up
    Fix: correct the reported line.
    """


@fault_rule("SB104", "layer-missing", "missing")
def layer_missing() -> None:
    """A part lacks the file of a layer, or the corpus lacks targets.jsonl.

    Why: a missing file and a layer without annotations must not look alike.
    Example: corpus/2026-03/stances.jsonl the file is missing
    Fix: restore the file; a layer without records is an empty file.
    """


@fault_rule("SB105", "file-unexpected", "unexpected")
def file_unexpected() -> None:
    """A part holds something that is not the file of a layer.

    Why: a misspelt layer (mention.jsonl) would be ignored silently.
    Example: corpus/2026-03/mentions-copy.jsonl not the file of a layer that belongs here; expected attributions.jsonl,
    documents.jsonl, entities.jsonl, mentions.jsonl, progress.jsonl, relations.jsonl, sentences.jsonl, stances.jsonl
    Fix: correct its name, or move it out of the corpus.
    """


@fault_rule("SB106", "file-outside-root", "outside")
def file_outside_root() -> None:
    """A file is a symbolic link that leads out of the corpus root.

    Why: a corpus must be self-contained, and must not publish other files of the machine.
    Example: corpus/2026-03/mentions.jsonl the file is a symbolic link that leads out of the corpus root
    Fix: replace the link with the file itself.
    """


@fault_rule("SB107", "file-unreadable", "unreadable")
def file_unreadable() -> None:
    """A file exists but cannot be read, or it is a folder.

    Why: nothing in it can be checked.
    Example: corpus/2026-03/mentions.jsonl this is not a regular file
    Fix: make it a readable file.
    """


@fault_rule("SB108", "not-utf-8", "encoding")
def not_utf_8() -> None:
    """A line holds bytes that are not UTF-8.

    Why: guessing an encoding corrupts text and shifts offsets.
    Example: corpus/2026-03/entities.jsonl:7:75 byte 0xe3 is not UTF-8
    Fix: save the file as UTF-8.
    """


@fault_rule("SB109", "byte-order-mark", "byte-order-mark")
def byte_order_mark() -> None:
    """A file starts with a byte-order mark.

    Why: JSON forbids it, and readers treat it differently.
    Example: corpus/2026-03/entities.jsonl:1:1 the file starts with a byte-order mark
    Fix: save the file as UTF-8 without one.
    """


@fault_rule("SB110", "line-end-crlf", "carriage-return")
def line_end_crlf() -> None:
    """A line ends with CR LF.

    Why: the corpus is compared byte for byte; line ends that change make every line differ.
    Example: corpus/2026-03/mentions.jsonl:3:114 the line ends with CR LF
    Fix: save the file with LF line ends (git: set core.autocrlf to input).
    """


@fault_rule("SB111", "line-empty", "empty-line")
def line_empty() -> None:
    """A line is empty.

    Why: row and line numbers would differ, and a lost record leaves such a line.
    Example: corpus/2026-03/relations.jsonl:5:1 the line is empty
    Fix: remove the line.
    """


@fault_rule("SB112", "final-newline-missing", "final-newline")
def final_newline_missing() -> None:
    """The last line does not end with a newline.

    Why: a truncated file looks like this.
    Example: corpus/2026-03/stances.jsonl:2 the last line has no newline at its end; more may be missing
    Fix: restore what is missing, or end the line.
    """


@fault_rule("SB113", "not-json", "json")
def not_json() -> None:
    """A line is not valid JSON, nests too deeply, or contains a number that is too large.

    Why: nothing in the line can be checked.
    Example: corpus/2026-03/mentions.jsonl:12:122 not valid JSON: Expecting property name enclosed in double quotes
    Fix: correct the line at the reported column.
    """


@fault_rule("SB114", "not-an-object", "not-an-object")
def not_an_object() -> None:
    """A line holds a JSON value that is not an object.

    Why: a record is one object.
    Example: corpus/2026-03/mentions.jsonl:12:1 expected one object on the line, found the string
    "{"doc_id":"river-tolls","mention_id":"m12","entity_id":"e..."
    Fix: write the record as {...}.
    """


@fault_rule("SB115", "key-duplicate", "duplicate-key")
def key_duplicate() -> None:
    """A key occurs twice in one object.

    Why: some readers keep the first value, some the last.
    Example: corpus/2026-03/mentions.jsonl:3:96 the key "text" occurs twice
    Fix: keep one of them.
    """


@fault_rule("SB116", "key-unknown", "unknown-key")
def key_unknown() -> None:
    """A record has a key that its layer does not know.

    Why: a misspelt key would be dropped silently.
    Example: corpus/2026-03/mentions.jsonl:3:121 unknown key "note"; expected doc_id, mention_id, entity_id, start, end,
    text, level
    Fix: remove the key, or correct its name.
    """


@fault_rule("SB117", "key-missing", "missing-key")
def key_missing() -> None:
    """A record lacks a key of its layer.

    Why: a forgotten value and a null value must not look alike.
    Example: corpus/2026-03/entities.jsonl:4:1 the key "wikidata" is missing
    Fix: add the key; if there is no value and the layer allows it, with null.
    """


@fault_rule("SB118", "type-wrong", "type")
def type_wrong() -> None:
    """A value has a different JSON type from its column: 5 for "5", 1.0 for 1, null where none is allowed.

    Why: readers that coerce types change data silently.
    Example: corpus/2026-03/attributions.jsonl:2:160 $.content[1].start is the string "144", expected an integer
    Fix: write the value in the expected type.
    """


@fault_rule("SB119", "annotator-register-invalid", "annotators")
def annotator_register_invalid() -> None:
    """annotation/annotators.yaml is invalid: an annotator twice, or of an unknown kind.

    Why: it states who or what made each pass; nobody can judge an annotation without that.
    Example: annotation/annotators.yaml:4:11 $.annotators[0].kind: expected person, language model or program, found
    "persons"
    Fix: correct the reported line.
    """


@fault_rule("SB120", "scheme-version-other", "scheme-version")
def scheme_version_other() -> None:
    """schemas/scheme.yaml has a version that this StanceBank does not support.

    Why: fields and vocabularies depend on the version; every record would seem invalid.
    Example: schemas/scheme.yaml:2:10 $.version: this corpus has format 1.0; this StanceBank works on format 1.4
    Fix: run stancebank migrate; if the version is newer, install a newer StanceBank.
    """
