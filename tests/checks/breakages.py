"""Ways to break the project's corpus, and where the finding belongs.

tests/invalid breaks each rule once; here are other ways: in another layer or an object inside a record,
by another fault, or with more than one finding.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conftest import DOC, PART, Root
from stancebank.checks.findings import Finding
from stancebank.schema.layers import PART_LAYERS
from stancebank.schema.scheme_reading import FORMAT_VERSION
from stancebank.storage.files import sha256

Place = tuple[str, str, int | None, str]
MENTIONS = f"corpus/{PART}/mentions.jsonl"
ATTRIBUTIONS = f"corpus/{PART}/attributions.jsonl"
SEED = f"{DOC}.txt"


@dataclass(frozen=True)
class Breakage:
    """One way to break the corpus, and where the one finding belongs.

    at: what the file reads at the finding's column; None where it has no column.
    also: what cannot be kept from being found with it.
    """

    change: Callable[[Root], Any]
    place: Place
    at: str | None
    also: tuple[Place, ...]

    def __str__(self) -> str:
        return f"{self.place[0]}-{self.change.__name__}"


BREAKAGES: list[Breakage] = []


def breaks(
    rule: str, file: str, line: int | None = None, path: str = "", at: str | None = None, also: Sequence[Place] = ()
) -> Callable[[Callable[[Root], Any]], Callable[[Root], Any]]:
    """List the decorated function as a breakage that this rule finds at this place."""

    def add(change: Callable[[Root], Any]) -> Callable[[Root], Any]:
        BREAKAGES.append(Breakage(change, (rule, file, line, path), at, tuple(also)))
        return change

    return add


def reads_at(root: Root, finding: Finding) -> str:
    """What the file reads from the finding's line and column on."""
    assert finding.line is not None
    assert finding.column is not None
    lines = (root.path / finding.file).read_bytes().decode(errors="replace").split("\n")
    return lines[finding.line - 1][finding.column - 1 :]


# SB1xx: files that cannot be read as what they should be


@breaks("SB101", "corpus.yaml", 8, "version", at="one")
def a_version_is_no_version(root: Root) -> None:
    root.replace("corpus/corpus.yaml", "version: 0.1.0", "version: one")


@breaks("SB102", "scheme.yaml", 61, "mention_levels[2].name", at="NAM")
def a_label_stands_twice(root: Root) -> None:
    root.replace("schemas/scheme.yaml", "- name: PRO\n", "- name: NAM\n")


@breaks("SB120", "scheme.yaml", 5, "format", at='"99.0"')
def the_scheme_has_a_later_format_and_is_another(root: Root) -> None:
    root.replace("schemas/scheme.yaml", f'format: "{FORMAT_VERSION}"', 'format: "99.0"')
    root.replace("schemas/scheme.yaml", "stance_expressions:", "stance_wordings:")


@breaks("SB104", "targets.jsonl")
def the_targets_are_missing(root: Root) -> None:
    root.layer_path("targets").unlink()


@breaks("SB105", "mention.jsonl")
def a_layer_is_misspelt(root: Root) -> None:
    root.layer_path("mentions").with_name("mention.jsonl").touch()


@breaks("SB113", "mentions.jsonl", 41, at="")
def a_line_is_cut(root: Root) -> None:
    root.replace(MENTIONS, '"Kyiv","level":"NAM"}', '"Kyiv","level":"NAM"')


@breaks("SB113", "relations.jsonl", 1, at='{"doc_id"')
def two_records_share_a_line(root: Root) -> None:
    root.change_lines("relations", lambda lines: lines.insert(0, lines.pop(0).rstrip(b"\n")))


@breaks("SB114", "entities.jsonl", 1, at='["PERSON"]')
def a_line_is_a_list(root: Root) -> None:
    root.change_lines("entities", lambda lines: lines.insert(0, b'["PERSON"]\n'))


@breaks("SB115", "attributions.jsonl", 1, at='"start":138,"end"')
def a_key_stands_twice_in_a_content_span(root: Root) -> None:
    root.replace(ATTRIBUTIONS, '{"start":138,', '{"start":138,"start":138,')


@breaks("SB117", "attributions.jsonl", 12, "content[1].text", at='{"start":2855')
def a_key_of_a_content_span_is_missing(root: Root) -> None:
    root.change("attributions", lambda records: records[11]["content"][1].pop("text"))


@breaks("SB118", "mentions.jsonl", 41, "start", at='"654"')
def an_offset_is_a_string(root: Root) -> None:
    root.edit("mentions", 40, start="654")


@breaks("SB118", "mentions.jsonl", 41, "start", at="654.0")
def an_offset_is_a_float(root: Root) -> None:
    root.edit("mentions", 40, start=654.0)


@breaks("SB118", "entities.jsonl", 16, "name", at="null")
def a_name_is_null(root: Root) -> None:
    root.edit("entities", 15, name=None)


@breaks("SB118", "entities.jsonl", 16, "name", at='"\\ud83d"')
def a_name_is_half_a_surrogate_pair(root: Root) -> None:
    root.replace(f"corpus/{PART}/entities.jsonl", '"three-year"', '"\\ud83d"')


@breaks("SB118", "attributions.jsonl", 12, "content[1]", at="null]")
def a_content_span_is_null(root: Root) -> None:
    root.change("attributions", lambda records: records[11]["content"].__setitem__(1, None))


@breaks("SB119", "annotators.yaml", 12, "annotators[1].id", at="pass-a")
def an_annotator_is_registered_twice(root: Root) -> None:
    root.add_passes()
    root.replace("annotation/annotators.yaml", "- id: pass-b", "- id: pass-a")


# SB2xx: texts, their digests, and the seeds they were made from


@breaks("SB209", SEED, also=[("SB210", "seeds.yaml", 9, "seeds[0].file")])
def a_documents_seed_is_not_registered(root: Root) -> None:
    root.replace("seeds/seeds.yaml", f"- file: {SEED}", "- file: another.txt")


@breaks("SB205", "documents.jsonl", 1, "header", at='" date 2025-02-16 "')
def a_header_is_not_the_seeds(root: Root) -> None:
    root.edit("documents", 0, header=" date 2025-02-16 ")


@breaks("SB205", "documents.jsonl", 1, "text", at='"Prime Minister')
def a_word_of_the_text_stands_in_the_header(root: Root) -> None:
    for layer in ("entities", "mentions", "relations", "attributions", "stances"):
        root.write(layer, [])
    document = root.records("documents")[0]
    text = document["text"].removeprefix("British ")
    header = document["header"] + "British "
    root.edit("documents", 0, text=text, header=header, text_sha256=sha256(text.encode()))
    cut = len("British ")
    shifted = [s | {"start": max(0, s["start"] - cut), "end": s["end"] - cut} for s in root.records("sentences")]
    root.write("sentences", shifted)


@breaks("SB205", "documents.jsonl", 1, "date", at='"2025-02-18"')
def a_date_is_not_the_headers(root: Root) -> None:
    root.edit("documents", 0, date="2025-02-18")
    root.replace("seeds/seeds.yaml", "date: 2025-02-17", "date: 2025-02-18")


@breaks("SB207", "documents.jsonl", 1, "seed_sha256", at='"3e7c0370')
def a_digest_is_not_the_registers(root: Root) -> None:
    root.replace("seeds/seeds.yaml", "sha256: 3e7c0370", "sha256: 00000000")


# SB3xx: spans


@breaks("SB301", "mentions.jsonl", 14, "text", at='"Donald Trump"', also=[("SB702", "mentions.jsonl", 14, "start")])
def a_mention_starts_one_too_late(root: Root) -> None:
    root.edit("mentions", 13, start=207)


@breaks("SB301", "attributions.jsonl", 1, "text", at='"pledge"', also=[("SB702", "attributions.jsonl", 1, "end")])
def a_cue_is_shifted(root: Root) -> None:
    root.edit("attributions", 0, start=130, end=136)


@breaks("SB301", "attributions.jsonl", 12, "content[1].text", at='"would look at')
def the_second_content_span_is_shifted(root: Root) -> None:
    root.change("attributions", lambda records: records[11]["content"][1].update(start=2854))


@breaks("SB301", "stances.jsonl", 1, "text", at='"readiness to', also=[("SB702", "stances.jsonl", 1, "start")])
def evidence_is_shifted(root: Root) -> None:
    root.edit("stances", 0, start=139, end=189)


@breaks("SB302", "mentions.jsonl", 10, "end", at="157,")
def a_mention_ends_before_it_starts(root: Root) -> None:
    root.edit("mentions", 9, end=157)


@breaks("SB302", "mentions.jsonl", 3, "end", at="8,")
def a_mention_is_a_blank(root: Root) -> None:
    mention = {
        "doc_id": DOC,
        "mention_id": "m151",
        "entity_id": "e8",
        "start": 7,
        "end": 8,
        "text": " ",
        "level": "NAM",
    }
    root.change("mentions", lambda records: records.insert(2, mention))


@breaks("SB303", "attributions.jsonl", 15, "content[0].end", at="9223372036854775807,")
def a_content_span_ends_behind_the_text(root: Root) -> None:
    root.change("attributions", lambda records: records[14]["content"][0].update(end=2**63 - 1))


@breaks("SB303", "mentions.jsonl", 150, "end", at="4000,", also=[("SB306", "mentions.jsonl", 150, "start")])
def a_mention_ends_behind_the_text(root: Root) -> None:
    root.edit("mentions", 149, end=4000)


@breaks("SB306", "stances.jsonl", 1, "start", at="138,")
def evidence_runs_into_the_next_sentence(root: Root) -> None:
    root.edit("stances", 0, end=195, text="readiness to deploy peacekeeping troops in Ukraine.\n\nU.S.")


# What stands between two sentences is a blank or a mark.
@breaks(
    *("SB306", "mentions.jsonl", 12, "start"),
    at="188,",
    also=[("SB701", "mentions.jsonl", 12, "end"), ("SB704", "mentions.jsonl", 12, "start")],
)
def a_mention_stands_between_two_sentences(root: Root) -> None:
    mention = {"doc_id": DOC, "mention_id": "m151", "entity_id": "e8", "start": 188, "end": 191, "text": ".\n\n"}
    root.change("mentions", lambda records: records.insert(11, mention | {"level": "NAM"}))


@breaks("SB306", "attributions.jsonl", 14, "start", at="3186,")
def a_cue_runs_into_the_next_sentence(root: Root) -> None:
    root.edit("attributions", 13, end=3196, text="said.\n\nThe")


@breaks("SB307", "sentences.jsonl", 4, "start", at="538,")
def a_sentence_starts_before_the_last_one_ends(root: Root) -> None:
    root.edit("sentences", 3, start=538)


@breaks("SB308", "documents.jsonl", 1, "text", at='"British')
def a_heading_is_in_no_sentence(root: Root) -> None:
    root.change("sentences", lambda records: records.pop(11))


@breaks("SB309", "attributions.jsonl", 1, "content[1].start", at="148,")
def content_overlaps(root: Root) -> None:
    text = root.records("documents")[0]["text"]
    content = [{"start": start, "end": end, "text": text[start:end]} for start, end in [(138, 157), (148, 188)]]
    root.edit("attributions", 0, content=content)


@breaks("SB310", "sentences.jsonl", 1, "end", at="191,")
def a_sentence_ends_with_a_blank_line(root: Root) -> None:
    root.edit("sentences", 0, end=191)


@breaks("SB310", "sentences.jsonl", 4, "start", at="539,")
def a_sentence_starts_with_a_blank(root: Root) -> None:
    root.edit("sentences", 3, start=539)


@breaks("SB311", "sentences.jsonl", 1, "end", at="418,")
def a_sentence_runs_over_a_blank_line(root: Root) -> None:
    root.edit("sentences", 0, end=418)
    root.change("sentences", lambda records: records.pop(1))


# SB4xx: ids and references


@breaks("SB401", "documents.jsonl", 2, "doc_id", at=f'"{DOC}"')
def a_document_stands_twice(root: Root) -> None:
    root.change("documents", lambda records: records.append(records[0]))


@breaks("SB401", "targets.jsonl", 10, "target_id", at='"work-with-us"')
def a_target_stands_twice(root: Root) -> None:
    root.change("targets", lambda records: records.append(records[8]))


@breaks("SB403", "sentences.jsonl", 22, "doc_id", at='"unknown"')
def a_sentence_belongs_to_no_document(root: Root) -> None:
    root.change("sentences", lambda records: records.append(records[0] | {"doc_id": "unknown"}))


@breaks("SB401", "progress.jsonl", 2, "layer", at='"attributions"')
def progress_of_a_layer_stands_twice(root: Root) -> None:
    root.change("progress", lambda records: records.insert(1, records[0] | {"state": "open"}))


@breaks("SB403", "progress.jsonl", 6, "doc_id", at='"unknown"')
def progress_belongs_to_no_document(root: Root) -> None:
    root.change("progress", lambda records: records.append(records[0] | {"doc_id": "unknown"}))


# SB5xx: labels and values


@breaks("SB501", "stances.jsonl", 1, "label", at='"favour"')
def a_label_is_misspelt(root: Root) -> None:
    root.edit("stances", 0, label="favour")


@breaks("SB502", "sentences.jsonl", 1, "start", at="-1,")
def a_sentence_starts_before_the_text(root: Root) -> None:
    root.edit("sentences", 0, start=-1)


@breaks("SB502", "attributions.jsonl", 7, "content[0].start", at="-1,")
def a_content_span_starts_before_the_text(root: Root) -> None:
    root.change("attributions", lambda records: records[6]["content"][0].update(start=-1))


@breaks("SB502", "entities.jsonl", 1, "name", at='""')
def a_name_is_empty(root: Root) -> None:
    root.edit("entities", 0, name="")


@breaks("SB502", "attributions.jsonl", 1, "content", at="[]")
def content_is_empty(root: Root) -> None:
    root.edit("attributions", 0, content=[])


@breaks("SB502", "progress.jsonl", 3, "state", at='"finished"')
def a_state_is_none(root: Root) -> None:
    root.edit("progress", 2, state="finished")


@breaks("SB503", "progress.jsonl", 3, "date", at='"2025-02-30"')
def progress_has_a_date_that_is_none(root: Root) -> None:
    root.edit("progress", 2, date="2025-02-30")


@breaks("SB508", "stances.jsonl", 1, "commitment", at="null")
def the_commitment_of_a_stance_is_undecided(root: Root) -> None:
    root.edit("stances", 0, commitment=None)


@breaks("SB505", "entities.jsonl", 1, "value", at='"2025"')
def a_state_has_a_value(root: Root) -> None:
    root.edit("entities", 0, value="2025")


# SB6xx: how the records stand together


@breaks("SB601", "corpus", also=[("SB210", "seeds.yaml", 9, "seeds[0].file")])
def the_only_part_is_gone(root: Root) -> None:
    shutil.rmtree(root.path / "corpus" / PART)


@breaks("SB601", "documents.jsonl", also=[("SB210", "seeds.yaml", 9, "seeds[0].file")])
def a_part_is_empty(root: Root) -> None:
    for layer in PART_LAYERS:
        root.write(layer, [])


@breaks("SB602", "corpus.yaml", 13, "splits", at='train: ["*"]')
def a_part_is_in_two_splits(root: Root) -> None:
    root.replace("corpus/corpus.yaml", 'train: ["*"]', 'train: ["*"]\n  test: ["2025-0?"]')


@breaks("SB607", "attributions.jsonl", 3, "attribution_id", at='"a17"')
def an_attribution_without_a_source_is_repeated(root: Root) -> None:
    root.edit("attributions", 1, source=None)
    root.change("attributions", lambda records: records.insert(2, records[1] | {"attribution_id": "a17"}))


@breaks("SB610", "pass-a")
def a_pass_among_others_is_nobodys(root: Root) -> None:
    root.add_passes()
    root.replace("annotation/annotators.yaml", "- id: pass-a", "- id: pass-c")


@breaks("SB611", "attributions.jsonl", 1, at="{")
def a_layer_with_records_is_not_begun(root: Root) -> None:
    root.change("progress", lambda records: records.pop(0))


@breaks("SB614", "progress.jsonl", 3, "annotator", at='"pass-b"')
def a_pass_has_the_progress_of_two(root: Root) -> None:
    root.add_passes()
    root.of("pass-a").edit("progress", 2, annotator="pass-b")


# SB7xx: likely mistakes


@breaks("SB701", "attributions.jsonl", 12, "content[1].start", at="2854,")
def a_content_span_starts_with_a_blank(root: Root) -> None:
    text = root.records("documents")[0]["text"]
    content = {"start": 2854, "end": 2972, "text": text[2854:2972]}
    root.change("attributions", lambda records: records[11]["content"].__setitem__(1, content))


@breaks("SB702", "stances.jsonl", 1, "start", at="140,")
def evidence_starts_inside_a_word(root: Root) -> None:
    root.edit("stances", 0, start=140, text="adiness to deploy peacekeeping troops in Ukraine")


@breaks("SB703", "mentions.jsonl", 29, "end", at="427,")
def a_mention_ends_with_a_possessive(root: Root) -> None:
    root.edit("mentions", 28, end=427, text="Trump's")


@breaks("SB705", "attributions.jsonl", 1, "kind", at='"mixed"')
def an_attribution_without_quotation_marks_is_mixed(root: Root) -> None:
    root.edit("attributions", 0, kind="mixed")


@breaks("SB706", "stances.jsonl", 1, "basis", at='"direct_quote"')
def a_stance_is_called_a_quotation(root: Root) -> None:
    root.edit("stances", 0, basis="direct_quote")


@breaks("SB711", "mentions.jsonl", 113, "entity_id", at='"e40"')
def washington_is_nato(root: Root) -> None:
    root.edit("mentions", 112, entity_id="e40")


@breaks("SB724", "stances.jsonl", 1, "holder", at='"m7"', also=[("SB725", "stances.jsonl", 1, "holder")])
def a_building_takes_a_side(root: Root) -> None:
    root.edit("entities", 5, type="FAC")
    root.edit("stances", 0, holder="m7")


# SB8xx: what corpus.yaml says about the checks


def except_from(root: Root, rule: str) -> None:
    root.settle(f"exceptions:\n  - rule: {rule}\n    document: {DOC}\n    reason: Made up.")


@breaks("SB802", "corpus.yaml", 16, "validation.exceptions[0].rule", at="SB301")
def an_error_is_excepted(root: Root) -> None:
    except_from(root, "SB301")


@breaks("SB802", "corpus.yaml", 16, "validation.exceptions[0].rule", at="SB999")
def an_unknown_rule_is_excepted(root: Root) -> None:
    except_from(root, "SB999")


@breaks("SB802", "corpus.yaml", 15, "validation.select[0]", at="sb3]")
def a_rule_is_selected_in_lower_case(root: Root) -> None:
    root.settle("select: [sb3]\n")
