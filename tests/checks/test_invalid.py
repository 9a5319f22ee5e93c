"""tests/invalid: for each rule one broken corpus, with the report that it gives.

Each folder is the sound corpus with one mistake. Try one by hand:
``stancebank validate --root tests/invalid/SB301``. Where a message or the form of
the report changes, ``python tests/checks/test_invalid.py --write`` writes every
expected.txt anew; read the diff before you commit it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from stancebank.checks.findings import Finding
from stancebank.checks.registry import RULES
from stancebank.checks.reporters import Tally, report_text
from stancebank.checks.validation import check_corpus
from stancebank.corpus import Corpus, read_corpus

INVALID = Path(__file__).resolve().parents[1] / "invalid"
SOUND = "sound"

# For each rule the file that it finds something in and, around the finding's place (|), what stands
# there. None: the whole file is meant. Each text stands once in its file, so it gives line and column.
PLACES: dict[str, tuple[str, str | None]] = {
    "SB101": ("corpus/corpus.yaml", 'train: |"*"'),
    "SB102": ("schemas/scheme.yaml", "domain: [|EVENTS, ORG]"),
    "SB103": ("seeds/seeds.yaml", "rights: |made-upp"),
    "SB104": ("corpus/2026-03/stances.jsonl", None),
    "SB105": ("corpus/2026-03/mentions-copy.jsonl", None),
    "SB106": ("corpus/2026-03/mentions.jsonl", None),
    "SB107": ("corpus/2026-03/mentions.jsonl", None),
    "SB108": ("corpus/2026-03/entities.jsonl", '"name":"Milo J. D|\ufffdnescu"'),
    "SB109": ("corpus/2026-03/entities.jsonl", "|\ufeff{"),
    "SB110": ("corpus/2026-03/mentions.jsonl", '"text":"Zoé Halász","level":"NAM"}|\r\n'),
    "SB111": ("corpus/2026-03/relations.jsonl", '"tail":"m13","modality":"asserted"}\n|\n'),
    "SB112": ("corpus/2026-03/stances.jsonl", '|{"doc_id":"river-tolls","stance_id":"s2"'),
    "SB113": ("corpus/2026-03/mentions.jsonl", '"text":"Milo J. Dănescu","level":"NAM",|}'),
    "SB114": ("corpus/2026-03/mentions.jsonl", '|"{\\"doc_id\\"'),
    "SB115": ("corpus/2026-03/mentions.jsonl", '"text":"Halász",|"text":"Zoé Halász"'),
    "SB116": ("corpus/2026-03/mentions.jsonl", '"note":|"check again"'),
    "SB117": ("corpus/2026-03/entities.jsonl", '|{"doc_id":"river-tolls","entity_id":"e4"'),
    "SB118": ("corpus/2026-03/attributions.jsonl", '"start":|"144"'),
    "SB119": ("annotation/annotators.yaml", "kind: |persons"),
    "SB120": ("schemas/scheme.yaml", 'version: |"1.0"'),
    "SB201": ("corpus/2026-03/documents.jsonl", '"text_sha256":|"762de1b8'),
    "SB202": ("corpus/2026-03/documents.jsonl", '"text":|"Ruritanian'),
    "SB203": ("corpus/2026-03/documents.jsonl", '"seed":|"river-tolls.txt"'),
    "SB204": ("corpus/2026-03/documents.jsonl", '"seed_sha256":|"762de1b8'),
    "SB205": ("corpus/2026-03/documents.jsonl", '"header":|"date 2026-03-05"'),
    "SB206": ("corpus/2026-03/documents.jsonl", '"recipe":|"plain-news/2"'),
    "SB207": ("corpus/2026-03/documents.jsonl", '"language":|"en-GB"'),
    "SB208": ("corpus/2026-03/documents.jsonl", '"text":|"Ruritanian'),
    "SB209": ("seeds/river-tolls-2.txt", None),
    "SB210": ("seeds/seeds.yaml", "  - file: |river-tolls-2.txt"),
    "SB211": ("corpus/2026-04/documents.jsonl", '|{"doc_id":"river-tolls-again"'),
    "SB301": ("corpus/2026-03/mentions.jsonl", '"text":|"Zoé Halasz"'),
    "SB302": ("corpus/2026-03/attributions.jsonl", '"start":144,"end":|144'),
    "SB303": ("corpus/2026-03/sentences.jsonl", '"start":280,"end":|358'),
    "SB304": ("corpus/2026-03/mentions.jsonl", '"start":|218,'),
    "SB305": ("corpus/2026-03/mentions.jsonl", '"mention_id":|"m19"'),
    "SB306": ("corpus/2026-03/mentions.jsonl", '"mention_id":"m12","entity_id":"e7","start":|218'),
    "SB307": ("corpus/2026-03/sentences.jsonl", '"sentence_id":"n2","start":|113'),
    "SB308": ("corpus/2026-03/documents.jsonl", '"text":|"Ruritanian'),
    "SB309": ("corpus/2026-03/attributions.jsonl", '"text":"should be halved"},{"start":|113'),
    "SB310": ("corpus/2026-03/sentences.jsonl", '"start":0,"end":|113'),
    "SB311": ("corpus/2026-03/sentences.jsonl", '"paragraph":|2'),
    "SB401": ("corpus/2026-03/relations.jsonl", '"relation_id":|"r6","type":"located_in"'),
    "SB402": ("corpus/2026-03/relations.jsonl", '"relation_id":|"m1"'),
    "SB403": ("corpus/2026-03/relations.jsonl", '"doc_id":|"river-tolls-2"'),
    "SB404": ("corpus/2026-03/stances.jsonl", '"target":|"lower-toll"'),
    "SB405": ("corpus/2026-03/entities.jsonl", '"entity_id":|"e9"'),
    "SB406": ("corpus/2026-04/documents.jsonl", '|{"doc_id":"river-tolls"'),
    "SB501": ("corpus/2026-03/mentions.jsonl", '"text":"Milo J. Dănescu","level":|"NAME"'),
    "SB502": ("corpus/2026-03/entities.jsonl", '"name":"Zoé Halász","wikidata":|"q42"'),
    "SB503": ("corpus/2026-03/documents.jsonl", '"date":|"2026-02-29"'),
    "SB504": ("corpus/2026-03/entities.jsonl", '"value":|"2026-03-03 (Tuesday)"'),
    "SB505": ("corpus/2026-03/entities.jsonl", '"name":"Tuesday","wikidata":null,"value":|null'),
    "SB506": ("corpus/2026-03/relations.jsonl", '"type":"allied_with","head":|"m11"'),
    "SB507": ("corpus/2026-03/relations.jsonl", '"type":"participates_in","head":"m15","tail":|"m16"'),
    "SB601": ("corpus", None),
    "SB602": ("corpus/corpus.yaml", '  |train: ["2025-*"]'),
    "SB603": ("corpus/2026-03/mentions.jsonl", '|{"doc_id":"river-tolls","mention_id":"m3"'),
    "SB604": ("corpus/2026-03/relations.jsonl", '"relation_id":|"r8"'),
    "SB605": ("corpus/2026-03/relations.jsonl", '"head":"m13","tail":|"m13"'),
    "SB606": ("corpus/2026-03/relations.jsonl", '"type":"allied_with","head":|"m14"'),
    "SB607": ("corpus/2026-03/attributions.jsonl", '"attribution_id":|"a5"'),
    "SB608": ("corpus/2026-03/stances.jsonl", '"stance_id":|"s3"'),
    "SB609": ("corpus/2026 03", None),
    "SB610": ("annotation/passes/pass-a", None),
    "SB701": ("corpus/2026-03/mentions.jsonl", '"start":329,"end":|336,"text":"Halász "'),
    "SB702": ("corpus/2026-03/mentions.jsonl", '"start":0,"end":|9,"text":"Ruritania"'),
    "SB703": ("corpus/2026-03/mentions.jsonl", '"start":|76,"end":84,"text":"a summit"'),
    "SB704": ("corpus/2026-03/mentions.jsonl", '"start":237,"end":|247,"text":"Graustark,"'),
    "SB705": ("corpus/2026-03/attributions.jsonl", 'lower tolls,\\""}],"kind":|"indirect"'),
    "SB706": ("corpus/2026-03/stances.jsonl", '"label":"against","basis":|"indirect_speech"'),
    "SB707": ("corpus/2026-03/entities.jsonl", '"value":|"2026-03-04"'),
    "SB711": ("corpus/2026-03/mentions.jsonl", '"entity_id":|"e9"'),
    "SB712": ("corpus/2026-03/mentions.jsonl", '"mention_id":"m18","entity_id":|"e7"'),
    "SB713": ("corpus/2026-03/mentions.jsonl", '"text":|"Ruritania"'),
    "SB714": ("corpus/2026-03/entities.jsonl", '"entity_id":|"e9"'),
    "SB715": ("corpus/2026-03/entities.jsonl", '"entity_id":"e9","type":"GPE","name":|"Ruritania"'),
    "SB716": ("corpus/2026-03/entities.jsonl", '"name":"Strelsau","wikidata":|"Q900000001"'),
    "SB717": ("corpus/2026-03/relations.jsonl", '"head":"m17","tail":|"m7"'),
    "SB721": ("corpus/2026-03/sentences.jsonl", '"sentence_id":|"n3"'),
    "SB722": ("corpus/2026-03/attributions.jsonl", '"source":|"m15"'),
    "SB723": ("corpus/2026-03/attributions.jsonl", '"attribution_id":"a1","source":"m3","start":|37'),
    "SB724": ("corpus/2026-03/attributions.jsonl", '"source":|"m4"'),
    "SB725": ("corpus/2026-03/stances.jsonl", '"stance_id":"s1","holder":|"m12"'),
    "SB801": ("corpus/corpus.yaml", "    - |rule: SB208"),
    "SB802": ("corpus/corpus.yaml", "[SB208, |SB999]"),
}
LINES_ALONE = {"SB112", "SB211", "SB406"}  # rules that mean a line as a whole, and so name no column


@cache
def corpus(folder: str) -> Corpus:
    return read_corpus(INVALID / folder)


@cache
def findings(folder: str) -> list[Finding]:
    return list(check_corpus(corpus(folder)))


def report(folder: str) -> str:
    """What validate prints for a folder."""
    return "".join(f"{block}\n" for block in report_text(Tally(findings(folder))))


def expected_report(folder: str) -> str:
    return (INVALID / folder / "expected.txt").read_text("utf-8")


def place(finding: Finding) -> str:
    return ":".join(str(at) for at in (finding.file, finding.line, finding.column) if at is not None)


def example(rule: str) -> str:
    """The example in a rule's documentation: the finding of the rule's folder, blanks collapsed."""
    return " ".join(f"{place(findings(rule)[0])} {findings(rule)[0].what}".split())


def line_and_column(file: Path, marked: str) -> tuple[int, int]:
    """Where the | of a text stands in a file that holds the text once; both from 1."""
    before, after = marked.split("|")
    content = file.read_bytes().decode(errors="replace")
    assert content.count(before + after) == 1
    position = content.index(before + after) + len(before)
    return content.count("\n", 0, position) + 1, position - content.rfind("\n", 0, position)


every_rule = pytest.mark.parametrize("rule", RULES)
every_folder = pytest.mark.parametrize("folder", [SOUND, *RULES])


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert sorted(path.name for path in INVALID.iterdir()) == sorted([SOUND, *RULES])
    assert sorted(PLACES) == sorted(RULES)


def test_git_keeps_every_folder() -> None:
    assert [path for path in INVALID.rglob("*") if path.is_dir() and not any(path.iterdir())] == []


def test_the_sound_corpus_has_no_findings_and_every_kind_of_annotation() -> None:
    assert findings(SOUND) == []
    [name] = corpus(SOUND).part_names
    assert all(len(rows) for rows in corpus(SOUND).read_part(name).frames.values())


@every_folder
def test_a_folder_gives_the_report_that_it_holds(folder: str) -> None:
    assert report(folder) == expected_report(folder)


@every_rule
def test_a_folder_has_the_one_finding_of_its_rule(rule: str) -> None:
    assert [finding.rule for finding in findings(rule)] == [rule]
    assert findings(rule)[0].severity == RULES[rule].severity


@every_rule
def test_the_finding_points_at_the_mistake(rule: str) -> None:
    file, marked = PLACES[rule]
    reported = expected_report(rule).partition("  ")[0]
    if marked is None:
        assert reported == file
    else:
        line, column = line_and_column(INVALID / rule / file, marked)
        assert reported == (f"{file}:{line}" if rule in LINES_ALONE else f"{file}:{line}:{column}")


@every_rule
def test_a_rule_is_documented(rule: str) -> None:
    known = RULES[rule]
    assert all((known.finds, known.why, known.example, known.fix))


@every_rule
def test_the_example_of_a_rule_is_the_finding_of_its_folder(rule: str) -> None:
    assert RULES[rule].example == example(rule), f"write in the rule's docstring:\n    Example: {example(rule)}"


@pytest.mark.parametrize("folder", [SOUND, "SB106", "SB301", "SB713"])
def test_the_command_line_prints_the_report(folder: str, stancebank: Callable[..., CompletedProcess[str]]) -> None:
    result = stancebank("validate", "--root", INVALID / folder)
    assert result.stdout == expected_report(folder)
    assert result.stderr == ""
    assert result.returncode == (1 if re.search(r"^\d+ error", result.stdout, re.MULTILINE) else 0)


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    for name in (SOUND, *RULES):
        (INVALID / name / "expected.txt").write_text(report(name), "utf-8", newline="\n")
