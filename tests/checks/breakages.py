"""One way or more to break the project's corpus for each rule, and where the finding belongs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conftest import DOC, PART, Root
from stancebank.checks.findings import Finding
from stancebank.layers import PART_LAYERS
from stancebank.seeds import sha256

Record = dict[str, Any]
Place = tuple[str, str, int | None, str]
Spans = Sequence[tuple[int, int]]
MENTIONS = f"corpus/{PART}/mentions.jsonl"
ATTRIBUTIONS = f"corpus/{PART}/attributions.jsonl"
SEED = f"{DOC}.txt"
EXCEPTION = ("SB801", "corpus.yaml", 17, "validation.exceptions[0]")  # what the corpus excepts is gone with the rest


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


def lines_of(root: Root, layer: str, change: Callable[[list[bytes]], Any]) -> None:
    """Change the raw lines of a layer in place."""
    lines = root.layer_path(layer).read_bytes().splitlines(keepends=True)
    change(lines)
    root.layer_path(layer).write_bytes(b"".join(lines))


def retext(root: Root, old: str, new: str) -> None:
    """Change text, seed and digests alike, as if the seed had read so from the start."""
    assert len(old) == len(new)
    document = root.records("documents")[0]
    text = document["text"].replace(old, new)
    seed = (document["header"] + text).encode()
    (root.path / "seeds" / SEED).write_bytes(seed)
    root.edit("documents", 0, text=text, text_sha256=sha256(text.encode()), seed_sha256=sha256(seed))
    root.replace("seeds/seeds.yaml", document["seed_sha256"], sha256(seed))


# SB1xx: files that cannot be read as what they should be


@breaks("SB101", "corpus.yaml", 8, "version", at="one")
def a_version_is_no_version(root: Root) -> None:
    root.replace("corpus/corpus.yaml", "version: 0.1.0", "version: one")


@breaks("SB102", "scheme.yaml", 39, "mention_levels[2].name", at="NAM")
def a_label_stands_twice(root: Root) -> None:
    root.replace("schemas/scheme.yaml", "- name: PRO\n", "- name: NAM\n")


@breaks("SB102", "scheme.yaml", 125, "relation_types[7].domain[0]", at="EVENTS]")
def a_domain_is_no_entity_type(root: Root) -> None:
    root.replace("schemas/scheme.yaml", "domain: [EVENT]", "domain: [EVENTS]")


@breaks("SB120", "scheme.yaml", 4, "version", at='"1.0"')
def the_scheme_has_an_earlier_version(root: Root) -> None:
    root.replace("schemas/scheme.yaml", 'version: "1.1"', 'version: "1.0"')


@breaks("SB120", "scheme.yaml", 4, "version", at='"2.0"')
def the_scheme_has_a_later_version_and_is_another(root: Root) -> None:
    root.replace("schemas/scheme.yaml", 'version: "1.1"', 'version: "2.0"')
    root.replace("schemas/scheme.yaml", "stance_expressions:", "stance_wordings:")


@breaks("SB103", "seeds.yaml", 16, "seeds[0].rights", at="nobodys")
def rights_stand_in_no_table(root: Root) -> None:
    root.replace("seeds/seeds.yaml", "    rights: publisher-reserved", "    rights: nobodys")


@breaks("SB104", "stances.jsonl")
def a_layer_is_missing(root: Root) -> None:
    root.layer_path("stances").unlink()


@breaks("SB104", "targets.jsonl")
def the_targets_are_missing(root: Root) -> None:
    root.layer_path("targets").unlink()


@breaks("SB105", "mention.jsonl")
def a_layer_is_misspelt(root: Root) -> None:
    root.layer_path("mentions").with_name("mention.jsonl").touch()


@breaks("SB106", "mentions.jsonl")
def a_layer_is_a_link_to_the_outside(root: Root) -> None:
    outside = root.path.parent / "mentions.jsonl"
    root.layer_path("mentions").rename(outside)
    root.layer_path("mentions").symlink_to(outside)


@breaks("SB107", "mentions.jsonl")
def a_layer_is_a_folder(root: Root) -> None:
    root.layer_path("mentions").unlink()
    root.layer_path("mentions").mkdir()


@breaks("SB108", "entities.jsonl", 2, at="\ufffdir Starmer")
def a_byte_is_latin_1(root: Root) -> None:
    lines_of(root, "entities", lambda lines: lines.insert(1, lines.pop(1).replace(b'"Keir', b'"\xe9ir')))


@breaks("SB109", "entities.jsonl", 1, at="\ufeff{")
def a_layer_starts_with_a_byte_order_mark(root: Root) -> None:
    lines_of(root, "entities", lambda lines: lines.insert(0, b"\xef\xbb\xbf"))


@breaks("SB110", "entities.jsonl", 3, at="\r")
def a_line_ends_with_crlf(root: Root) -> None:
    lines_of(root, "entities", lambda lines: lines.insert(2, lines.pop(2).replace(b"\n", b"\r\n")))


@breaks("SB111", "entities.jsonl", 4, at="")
def a_line_is_empty(root: Root) -> None:
    lines_of(root, "entities", lambda lines: lines.insert(3, b"\n"))


@breaks("SB112", "entities.jsonl", 58)
def the_last_line_has_no_end(root: Root) -> None:
    lines_of(root, "entities", lambda lines: lines.append(lines.pop().rstrip(b"\n")))


@breaks("SB113", "mentions.jsonl", 41, at="")
def a_line_is_cut(root: Root) -> None:
    root.replace(MENTIONS, '"Kyiv","level":"NAM"}', '"Kyiv","level":"NAM"')


@breaks("SB113", "relations.jsonl", 1, at='{"doc_id"')
def two_records_share_a_line(root: Root) -> None:
    lines_of(root, "relations", lambda lines: lines.insert(0, lines.pop(0).rstrip(b"\n")))


@breaks("SB114", "entities.jsonl", 1, at='["PERSON"]')
def a_line_is_a_list(root: Root) -> None:
    lines_of(root, "entities", lambda lines: lines.insert(0, b'["PERSON"]\n'))


@breaks("SB115", "mentions.jsonl", 41, at='"text":"Kyiv","level"')
def a_key_stands_twice(root: Root) -> None:
    root.replace(MENTIONS, '"text":"Kyiv"', '"text":"Kiev","text":"Kyiv"')


@breaks("SB115", "attributions.jsonl", 1, at='"start":138,"end"')
def a_key_stands_twice_in_a_content_span(root: Root) -> None:
    root.replace(ATTRIBUTIONS, '{"start":138,', '{"start":138,"start":138,')


@breaks("SB116", "mentions.jsonl", 41, "lang", at='"en"}')
def a_key_is_unknown(root: Root) -> None:
    root.edit("mentions", 40, lang="en")


@breaks("SB117", "entities.jsonl", 1, "wikidata", at="{")
def a_key_that_may_be_null_is_missing(root: Root) -> None:
    root.change("entities", lambda records: records[0].pop("wikidata"))


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


@breaks("SB119", "annotators.yaml", 4, "annotators[0].kind", at="human")
def an_annotator_is_of_no_known_kind(root: Root) -> None:
    root.add_passes()
    root.replace("annotation/annotators.yaml", "pass-a\n    kind: language model", "pass-a\n    kind: human")


@breaks("SB119", "annotators.yaml", 12, "annotators[1].id", at="pass-a")
def an_annotator_is_registered_twice(root: Root) -> None:
    root.add_passes()
    root.replace("annotation/annotators.yaml", "- id: pass-b", "- id: pass-a")


# SB2xx: texts, their digests, and the seeds they were made from


@breaks("SB201", "documents.jsonl", 1, "text_sha256", at=f'"{"0" * 64}"')
def a_digest_is_of_another_text(root: Root) -> None:
    root.edit("documents", 0, text_sha256="0" * 64)


@breaks("SB202", "documents.jsonl", 1, "text", at='"British')
def a_text_holds_a_bell(root: Root) -> None:
    retext(root, "Dozens", "Dozen\a")


@breaks("SB203", "documents.jsonl", 1, "seed", at=f'"{SEED}"')
def a_seed_is_missing(root: Root) -> None:
    (root.path / "seeds" / SEED).unlink()


@breaks("SB209", SEED, also=[("SB210", "seeds.yaml", 9, "seeds[0].file")])
def a_documents_seed_is_not_registered(root: Root) -> None:
    root.replace("seeds/seeds.yaml", f"- file: {SEED}", "- file: another.txt")


@breaks("SB204", "documents.jsonl", 1, "seed_sha256", at='"3e7c0370')
def a_seed_was_edited(root: Root) -> None:
    root.replace(f"seeds/{SEED}", "Kyiv", "Kiev")


@breaks("SB205", "documents.jsonl", 1, "header", at='" date 2025-02-16 "')
def a_header_is_not_the_seeds(root: Root) -> None:
    root.edit("documents", 0, header=" date 2025-02-16 ")


@breaks("SB205", "documents.jsonl", 1, "header", at='" date 2025-02-17 British "', also=[EXCEPTION])
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


@breaks("SB209", "leftover.txt")
def a_seed_is_not_registered(root: Root) -> None:
    (root.path / "seeds/leftover.txt").write_text("Somebody else's text.")


@breaks("SB206", "documents.jsonl", 1, "recipe", at='"plain-news/2"')
def a_recipe_is_of_a_later_version(root: Root) -> None:
    root.edit("documents", 0, recipe="plain-news/2")


@breaks("SB207", "documents.jsonl", 1, "seed_sha256", at='"3e7c0370')
def a_digest_is_not_the_registers(root: Root) -> None:
    root.replace("seeds/seeds.yaml", "sha256: 3e7c0370", "sha256: 00000000")


@breaks("SB210", "seeds.yaml", 17, "seeds[1].file", at="unused.txt")
def a_seed_is_not_used(root: Root) -> None:
    (root.path / "seeds/unused.txt").write_text("Nothing happened.", "utf-8", newline="\n")
    entry = {"file": "unused.txt", "sha256": sha256(b"Nothing happened."), "date": "2025-02-20", "language": "en"}
    entry |= {"origin": "Made up.", "rights": "publisher-reserved"}
    with (root.path / "seeds/seeds.yaml").open("a", encoding="utf-8", newline="\n") as file:
        file.write("  - " + "\n    ".join(f"{key}: {value}" for key, value in entry.items()) + "\n")


@breaks("SB208", "documents.jsonl", 1, "text", at='"British')
def a_text_is_decomposed(root: Root) -> None:
    retext(root, "Dozens", "Doze\u0301s")


@breaks("SB211", "documents.jsonl", 1, also=[("SB714", "entities.jsonl", 57, "entity_id")])
def a_text_stands_in_a_second_part(root: Root) -> None:
    shutil.copytree(root.path / "corpus" / PART, root.path / "corpus/2025-03")
    for file in (root.path / "corpus/2025-03").iterdir():
        content = file.read_text("utf-8").replace(f'"doc_id":"{DOC}"', '"doc_id":"again"').replace(SEED, "again.txt")
        file.write_text(content, "utf-8", newline="\n")
    shutil.copy(root.path / "seeds" / SEED, root.path / "seeds/again.txt")
    register = root.path / "seeds/seeds.yaml"
    entries = register.read_text("utf-8").split("seeds:\n")[1]
    register.write_text(register.read_text("utf-8") + entries.replace(SEED, "again.txt"), "utf-8", newline="\n")


# SB3xx: spans


@breaks("SB301", "mentions.jsonl", 41, "text", at='"Kiev"')
def a_mention_is_misspelt(root: Root) -> None:
    root.edit("mentions", 40, text="Kiev")


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


@breaks("SB302", "attributions.jsonl", 12, "content[0].end", at="2830,")
def a_content_span_is_empty(root: Root) -> None:
    root.change("attributions", lambda records: records[11]["content"][0].update(end=2830))


@breaks("SB303", "sentences.jsonl", 21, "end", at="3373,")
def a_sentence_ends_behind_the_text(root: Root) -> None:
    root.edit("sentences", 20, end=3373)


@breaks("SB303", "attributions.jsonl", 15, "content[0].end", at="9223372036854775807,")
def a_content_span_ends_behind_the_text(root: Root) -> None:
    root.change("attributions", lambda records: records[14]["content"][0].update(end=2**63 - 1))


@breaks("SB303", "mentions.jsonl", 150, "end", at="4000,", also=[("SB306", "mentions.jsonl", 150, "start")])
def a_mention_ends_behind_the_text(root: Root) -> None:
    root.edit("mentions", 149, end=4000)


@breaks("SB304", "mentions.jsonl", 14, "start", at="206,")
def a_mention_ends_inside_the_next(root: Root) -> None:
    root.edit("mentions", 12, end=212, text="U.S. President Donald")


@breaks("SB305", "mentions.jsonl", 151, "mention_id", at='"m151"')
def a_mention_is_repeated(root: Root) -> None:
    root.change("mentions", lambda records: records.append(records[149] | {"mention_id": "m151"}))


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


@breaks("SB309", "attributions.jsonl", 12, "content[1].start", at="2830,")
def content_stands_in_another_order(root: Root) -> None:
    root.change("attributions", lambda records: records[11]["content"].reverse())


@breaks("SB309", "attributions.jsonl", 1, "content[1].start", at="148,")
def content_overlaps(root: Root) -> None:
    text = root.records("documents")[0]["text"]
    content = [{"start": start, "end": end, "text": text[start:end]} for start, end in [(138, 157), (148, 188)]]
    root.edit("attributions", 0, content=content)


@breaks("SB310", "sentences.jsonl", 3, "end", at="540,")
def a_sentence_ends_with_a_blank(root: Root) -> None:
    root.edit("sentences", 2, end=540)


@breaks("SB310", "sentences.jsonl", 1, "end", at="191,")
def a_sentence_ends_with_a_blank_line(root: Root) -> None:
    root.edit("sentences", 0, end=191)


@breaks("SB310", "sentences.jsonl", 4, "start", at="539,")
def a_sentence_starts_with_a_blank(root: Root) -> None:
    root.edit("sentences", 3, start=539)


@breaks("SB311", "sentences.jsonl", 4, "paragraph", at="3}")
def a_sentence_is_counted_to_the_next_paragraph(root: Root) -> None:
    root.edit("sentences", 3, paragraph=3)


@breaks("SB311", "sentences.jsonl", 1, "end", at="418,")
def a_sentence_runs_over_a_blank_line(root: Root) -> None:
    root.edit("sentences", 0, end=418)
    root.change("sentences", lambda records: records.pop(1))


# SB4xx: ids and references


@breaks("SB401", "relations.jsonl", 75, "relation_id", at='"r74"')
def an_id_stands_twice(root: Root) -> None:
    root.edit("relations", 74, relation_id="r74")


@breaks("SB401", "documents.jsonl", 2, "doc_id", at=f'"{DOC}"')
def a_document_stands_twice(root: Root) -> None:
    root.change("documents", lambda records: records.append(records[0]))


@breaks("SB401", "targets.jsonl", 10, "target_id", at='"work-with-us"')
def a_target_stands_twice(root: Root) -> None:
    root.change("targets", lambda records: records.append(records[8]))


@breaks("SB402", "relations.jsonl", 1, "relation_id", at='"m1"')
def a_relation_has_the_id_of_a_mention(root: Root) -> None:
    root.edit("relations", 0, relation_id="m1")


@breaks("SB403", "relations.jsonl", 76, "doc_id", at='"unknown"')
def a_relation_belongs_to_no_document(root: Root) -> None:
    root.change("relations", lambda records: records.append(records[0] | {"doc_id": "unknown"}))


@breaks("SB403", "sentences.jsonl", 22, "doc_id", at='"unknown"')
def a_sentence_belongs_to_no_document(root: Root) -> None:
    root.change("sentences", lambda records: records.append(records[0] | {"doc_id": "unknown"}))


@breaks("SB404", "stances.jsonl", 1, "target", at='"world-peace"')
def a_target_does_not_exist(root: Root) -> None:
    root.edit("stances", 0, target="world-peace")


@breaks("SB405", "entities.jsonl", 59, "entity_id", at='"e59"')
def an_entity_is_not_mentioned(root: Root) -> None:
    root.change("entities", lambda records: records.append(records[6] | {"entity_id": "e59", "name": "reserve"}))


@breaks("SB406", "documents.jsonl", 1)
def a_part_is_copied(root: Root) -> None:
    shutil.copytree(root.path / "corpus" / PART, root.path / "corpus" / "2025-03")


# SB5xx: labels and values


@breaks("SB501", "stances.jsonl", 1, "label", at='"favour"')
def a_label_is_misspelt(root: Root) -> None:
    root.edit("stances", 0, label="favour")


@breaks("SB502", "entities.jsonl", 1, "wikidata", at='"q145"')
def a_wikidata_item_is_in_lower_case(root: Root) -> None:
    root.edit("entities", 0, wikidata="q145")


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


@breaks("SB503", "documents.jsonl", 1, "date", at='"2025-02-30"')
def a_date_is_no_day(root: Root) -> None:
    root.edit("documents", 0, date="2025-02-30")


@breaks("SB504", "entities.jsonl", 12, "value", at='"last week"')
def a_value_is_no_timex(root: Root) -> None:
    root.edit("entities", 11, value="last week")


@breaks("SB505", "entities.jsonl", 12, "value", at="null")
def a_date_has_no_value(root: Root) -> None:
    root.edit("entities", 11, value=None)


@breaks("SB505", "entities.jsonl", 1, "value", at='"2025"')
def a_state_has_a_value(root: Root) -> None:
    root.edit("entities", 0, value="2025")


@breaks("SB506", "relations.jsonl", 6, "head", at='"m15"')
def a_state_leads(root: Root) -> None:
    root.edit("relations", 5, head="m15")


@breaks("SB507", "relations.jsonl", 3, "tail", at='"m7"')
def leaders_take_part_in_a_city(root: Root) -> None:
    root.edit("relations", 2, tail="m7")


# SB6xx: how the records stand together


@breaks("SB601", "corpus", also=[("SB210", "seeds.yaml", 9, "seeds[0].file"), EXCEPTION])
def the_only_part_is_gone(root: Root) -> None:
    shutil.rmtree(root.path / "corpus" / PART)


@breaks("SB601", "documents.jsonl", also=[("SB210", "seeds.yaml", 9, "seeds[0].file"), EXCEPTION])
def a_part_is_empty(root: Root) -> None:
    for layer in PART_LAYERS:
        root.write(layer, [])


@breaks("SB602", "corpus.yaml", 13, "splits", at='train: ["2024*"]')
def a_part_is_in_no_split(root: Root) -> None:
    root.replace("corpus/corpus.yaml", 'train: ["*"]', 'train: ["2024*"]')


@breaks("SB602", "corpus.yaml", 13, "splits", at='train: ["*"]')
def a_part_is_in_two_splits(root: Root) -> None:
    root.replace("corpus/corpus.yaml", 'train: ["*"]', 'train: ["*"]\n  test: ["2025-0?"]')


@breaks("SB603", "mentions.jsonl", 2, at="{")
def two_mentions_are_swapped(root: Root) -> None:
    root.change("mentions", lambda records: records.insert(0, records.pop(1)))


@breaks("SB604", "relations.jsonl", 76, "relation_id", at='"r76"')
def a_relation_is_repeated(root: Root) -> None:
    root.change("relations", lambda records: records.append(records[0] | {"relation_id": "r76"}))


@breaks("SB605", "relations.jsonl", 21, "tail", at='"m47"')
def europe_cooperates_with_itself(root: Root) -> None:
    root.edit("relations", 20, tail="m47")


@breaks("SB606", "relations.jsonl", 58, "head", at='"m110"')
def the_later_ally_is_the_head(root: Root) -> None:
    root.edit("relations", 57, head="m110", tail="m108")


@breaks("SB607", "attributions.jsonl", 2, "attribution_id", at='"a17"')
def an_attribution_is_repeated(root: Root) -> None:
    root.change("attributions", lambda records: records.insert(1, records[0] | {"attribution_id": "a17"}))


@breaks("SB607", "attributions.jsonl", 3, "attribution_id", at='"a17"')
def an_attribution_without_a_source_is_repeated(root: Root) -> None:
    root.edit("attributions", 1, source=None)
    root.change("attributions", lambda records: records.insert(2, records[1] | {"attribution_id": "a17"}))


@breaks("SB608", "stances.jsonl", 2, "stance_id", at='"s24"')
def a_stance_is_contradicted(root: Root) -> None:
    root.change("stances", lambda records: records.insert(1, records[0] | {"stance_id": "s24", "label": "against"}))


@breaks("SB609", "2025 02")
def a_part_has_a_blank_in_its_name(root: Root) -> None:
    root.layer_path("mentions").parent.rename(root.path / "corpus/2025 02")


@breaks("SB610", "pass-a")
def a_pass_is_nobodys(root: Root) -> None:
    root.add_passes()
    root.replace("annotation/annotators.yaml", "- id: pass-a", "- id: pass-c")


# SB7xx: likely mistakes


@breaks("SB701", "mentions.jsonl", 10, "end", at="178,")
def a_mention_ends_with_a_blank(root: Root) -> None:
    root.edit("mentions", 9, end=178, text="peacekeeping troops ")


@breaks("SB701", "attributions.jsonl", 12, "content[1].start", at="2854,")
def a_content_span_starts_with_a_blank(root: Root) -> None:
    text = root.records("documents")[0]["text"]
    content = {"start": 2854, "end": 2972, "text": text[2854:2972]}
    root.change("attributions", lambda records: records[11]["content"].__setitem__(1, content))


@breaks("SB702", "mentions.jsonl", 10, "end", at="176,")
def a_mention_ends_inside_a_word(root: Root) -> None:
    root.edit("mentions", 9, end=176, text="peacekeeping troop")


@breaks("SB702", "stances.jsonl", 1, "start", at="140,")
def evidence_starts_inside_a_word(root: Root) -> None:
    root.edit("stances", 0, start=140, text="adiness to deploy peacekeeping troops in Ukraine")


@breaks("SB703", "mentions.jsonl", 8, "start", at="102,")
def a_mention_starts_with_an_article(root: Root) -> None:
    root.edit("mentions", 7, start=102, text="the first European leader")


@breaks("SB703", "mentions.jsonl", 29, "end", at="427,")
def a_mention_ends_with_a_possessive(root: Root) -> None:
    root.edit("mentions", 28, end=427, text="Trump's")


@breaks("SB704", "mentions.jsonl", 3, "end", at="36,")
def a_mention_ends_with_a_comma(root: Root) -> None:
    root.edit("mentions", 2, end=36, text="Keir Starmer,")


@breaks("SB705", "attributions.jsonl", 1, "kind", at='"mixed"')
def an_attribution_without_quotation_marks_is_mixed(root: Root) -> None:
    root.edit("attributions", 0, kind="mixed")


@breaks("SB705", "attributions.jsonl", 7, "kind", at='"indirect"')
def an_attribution_within_quotation_marks_is_indirect(root: Root) -> None:
    root.edit("attributions", 6, kind="indirect")


@breaks("SB706", "stances.jsonl", 1, "basis", at='"direct_quote"')
def a_stance_is_called_a_quotation(root: Root) -> None:
    root.edit("stances", 0, basis="direct_quote")


@breaks("SB706", "stances.jsonl", 10, "basis", at='"indirect_speech"')
def a_quoted_stance_is_called_indirect(root: Root) -> None:
    root.edit("stances", 9, basis="indirect_speech")


@breaks("SB707", "entities.jsonl", 19, "value", at='"2025-02-16"')
def a_saturday_is_a_sunday(root: Root) -> None:
    root.edit("entities", 18, value="2025-02-16")


@breaks("SB711", "mentions.jsonl", 113, "entity_id", at='"e40"')
def washington_is_nato(root: Root) -> None:
    root.edit("mentions", 112, entity_id="e40")


@breaks("SB712", "mentions.jsonl", 44, "entity_id", at='"e15"')
def trump_is_putin(root: Root) -> None:
    root.edit("mentions", 43, entity_id="e15")


@breaks("SB713", "mentions.jsonl", 34, "text", at='"Europe"')
def a_later_mention_of_europe_is_gone(root: Root) -> None:
    root.change("mentions", lambda records: records.pop(103))


@breaks("SB714", "entities.jsonl", 53, "entity_id", at='"e53"')
def the_only_mention_is_a_pronoun(root: Root) -> None:
    root.edit("mentions", 133, level="PRO")


@breaks("SB715", "entities.jsonl", 54, "name", at='"Keir Starmer"')
def two_people_are_called_the_same(root: Root) -> None:
    root.edit("entities", 53, name="Keir Starmer")


@breaks("SB716", "entities.jsonl", 54, "wikidata", at='"Q6383803"')
def two_people_have_one_item(root: Root) -> None:
    root.edit("entities", 53, wikidata="Q6383803")


@breaks("SB717", "relations.jsonl", 26, "tail", at='"m127"')
def a_tail_is_taken_from_a_later_paragraph(root: Root) -> None:
    root.edit("relations", 25, tail="m127")


@breaks("SB721", "sentences.jsonl", 21, "sentence_id", at='"n21"')
def the_attribution_of_a_quotation_is_gone(root: Root) -> None:
    root.change("attributions", lambda records: records.pop(15))


@breaks("SB722", "attributions.jsonl", 15, "source", at='"m147"')
def a_source_stands_in_what_it_says(root: Root) -> None:
    root.edit("attributions", 14, source="m147")


@breaks("SB723", "attributions.jsonl", 15, "start", at="3224,")
def content_begins_with_its_cue(root: Root) -> None:
    text = root.records("documents")[0]["text"]
    root.edit("attributions", 14, content=[{"start": 3224, "end": 3300, "text": text[3224:3300]}])


@breaks("SB724", "attributions.jsonl", 15, "source", at='"m136"')
def a_meeting_speaks(root: Root) -> None:
    root.edit("attributions", 14, source="m136")


@breaks("SB724", "stances.jsonl", 1, "holder", at='"m7"', also=[("SB725", "stances.jsonl", 1, "holder")])
def a_building_takes_a_side(root: Root) -> None:
    root.edit("entities", 5, type="FAC")
    root.edit("stances", 0, holder="m7")


@breaks("SB725", "stances.jsonl", 1, "holder", at='"m14"')
def a_stance_is_given_to_somebody_else(root: Root) -> None:
    root.edit("stances", 0, holder="m14")


# SB8xx: what corpus.yaml says about the checks


def settle(root: Root, lines: str) -> None:
    """Put lines in front of the exceptions of corpus.yaml."""
    root.replace("corpus/corpus.yaml", "validation:\n", f"validation:\n{lines}")


def except_from(root: Root, rule: str) -> None:
    exception = f"    - rule: {rule}\n      document: {DOC}\n      reason: Made up.\n"
    root.replace("corpus/corpus.yaml", "  exceptions:\n", f"  exceptions:\n{exception}")


@breaks("SB801", "corpus.yaml", 17, "validation.exceptions[0]", at="rule: SB208")
def an_exception_is_not_needed(root: Root) -> None:
    except_from(root, "SB208")


@breaks("SB802", "corpus.yaml", 17, "validation.exceptions[0].rule", at="SB301")
def an_error_is_excepted(root: Root) -> None:
    except_from(root, "SB301")


@breaks("SB802", "corpus.yaml", 17, "validation.exceptions[0].rule", at="SB999")
def an_unknown_rule_is_excepted(root: Root) -> None:
    except_from(root, "SB999")


@breaks("SB802", "corpus.yaml", 16, "validation.ignore[1]", at="SB999]")
def an_unknown_rule_is_ignored(root: Root) -> None:
    settle(root, "  ignore: [SB208, SB999]\n")


@breaks("SB802", "corpus.yaml", 16, "validation.select[0]", at="sb3]")
def a_rule_is_selected_in_lower_case(root: Root) -> None:
    settle(root, "  select: [sb3]\n")
