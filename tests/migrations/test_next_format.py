"""What the repository keeps is taken to the next format by a program, so that a new column is not copied by hand."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from conftest import PROJECT
from next_format import add_version, files, migrate_overlay, migrate_scheme, name_format
from overlays import INVALID, SOUND, VERSIONS, compose_version
from stancebank.migrations.migration import STEPS, plan
from stancebank.migrations.step import Record, Step
from stancebank.schema.scheme_reading import FORMAT_VERSION


def with_key(record: Record) -> Record:
    return record if "made_up" in record else {**record, "made_up": None}


NEXT = Step(FORMAT_VERSION, "99.0", "made up", lambda text: text, {"stances": with_key})


def tree(folder: Path) -> dict[Path, bytes]:
    return {file: (folder / file).read_bytes() for file in files(folder)}


def test_the_corpora_of_all_formats_get_the_next_one_and_stay_what_they_are(tmp_path: Path) -> None:
    versions = Path(shutil.copytree(VERSIONS, tmp_path / "versions"))
    for _ in range(2):
        add_version(NEXT, versions)
        for version in (STEPS[0].before, *(step.after for step in STEPS)):
            before = compose_version(version, tmp_path / "before")
            assert tree(compose_version(version, tmp_path / "after", versions)) == tree(before)
            shutil.rmtree(tmp_path / "before")
            shutil.rmtree(tmp_path / "after")
    kept = {str(file) for file in files(versions / FORMAT_VERSION)}
    stances = {"corpus/2026-03", "annotation/passes/ann/2026-03", "annotation/passes/ben/2026-03"}
    assert kept == {"schemas/scheme.yaml", *(f"{folder}/stances.jsonl" for folder in stances)}
    assert plan(versions / NEXT.after, NEXT.after, (*STEPS, NEXT)).steps == ()


def test_the_corpora_of_rules_are_migrated_and_lines_that_are_no_records_stay(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(INVALID / SOUND, tmp_path / "sound"))
    stances = folder / "corpus/2026-03/stances.jsonl"
    records = stances.read_bytes().splitlines()
    stances.write_bytes(b"\n".join([*records, b"{half", b"[]\xff", b""]))
    migrate_overlay(folder, NEXT)
    migrate_overlay(folder, NEXT)
    assert stances.read_bytes().splitlines() == [
        *(line[:-1] + b',"made_up":null}' for line in records),
        b"{half",
        b"[]\xff",
    ]
    assert 'format: "99.0"' in (folder / "schemas/scheme.yaml").read_text("utf-8")


def test_only_schemes_and_sentences_of_the_format_before_change(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ('format: "1.0"\nname: x\n', 'version: "1.0"\n', "works on format 1.0"):
        path.write_text(text, "utf-8")
        migrate_scheme(path, NEXT)
        name_format(path, NEXT)
        assert path.read_text("utf-8") == text
    path.write_text(f"this StanceBank works on format {FORMAT_VERSION}\n", "utf-8")
    name_format(path, NEXT)
    assert path.read_text("utf-8") == "this StanceBank works on format 99.0\n"


def test_the_page_of_migrations_has_a_row_for_each_format_and_names_the_newest() -> None:
    page = (PROJECT / "docs/migrations.md").read_text("utf-8")
    assert re.findall(r"^\| (\d\S*) \|", page, re.MULTILINE) == [STEPS[0].before, *(step.after for step in STEPS)]
    assert re.findall(r"works on format (\S+)", page) == [FORMAT_VERSION]
