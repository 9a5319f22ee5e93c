"""The commands as users run them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from conftest import PROJECT, Root
from stancebank.schema.layers import LAYERS

Run = Callable[..., CompletedProcess[str]]


def test_import_alone_loads_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, stancebank; print(sorted({'polars', 'pandera', 'datasets', 'pyarrow'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"[]"


def test_validating_does_not_pay_for_what_other_commands_need(root: Root) -> None:
    code = (
        "import sys\nfrom stancebank.commands import main\n"
        "try: main()\nexcept SystemExit as error: assert error.code == 0\n"
        "heavy = {'datasets', 'label_studio_sdk', 'spacy', 'rich', 'jsonlines', 'http.client', 'pyarrow.compute'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "validate", "--root", str(root.path)]
    assert subprocess.run(command, capture_output=True, check=True).stdout.split(b"\n")[-2] == b"[]"


def test_a_sound_corpus_has_no_findings(cli: Run, root: Root) -> None:
    done = cli("validate", cwd=root.path / "corpus")
    assert (done.returncode, done.stdout, done.stderr) == (0, "no findings\n", "")


def test_findings_as_json(cli: Run, root: Root) -> None:
    root.edit("mentions", 40, text="Kiev")
    done = cli("validate", "--root", root.path, "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert (report["errors"], report["warnings"]) == (1, 0)
    (finding,) = report["findings"]
    assert (finding["rule"], finding["line"], finding["column"], finding["record"]) == ("SB301", 41, 99, "m41")


def test_warnings_alone_do_not_fail(cli: Run, tmp_path: Path) -> None:
    cli("init", "corpus")
    (tmp_path / "nfd.txt").write_text("Cafe\u0301 talks went on.", "utf-8")
    cli("add", "nfd.txt", "--date", "2025-03-01", "--root", "corpus")
    done = cli("validate", "--root", "corpus")
    assert done.returncode == 0
    assert "SB208 text-not-nfc  (warning)  nfd" in done.stdout
    assert done.stdout.endswith("1 warning\n")


def test_build_says_what_it_built(cli: Run, root: Root, tmp_path: Path) -> None:
    done = cli("build", "--root", root.path, "--out", "out", "--view", "stances", "--view", "documents")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "stancebank 0.1.0 in out"
    assert [line.split()[:2] for line in lines[1:-2]] == [["documents", "1"], ["stances", "23"]]
    assert lines[-2] == "All layers are done in the document."
    assert lines[-1] == f"manifest sha256 {hashlib.sha256((tmp_path / 'out/manifest.json').read_bytes()).hexdigest()}"
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["LICENSE.md", "README.md", "croissant.json", "data", "manifest.json", "scheme.yaml"]


def test_an_unknown_view_is_answered_with_the_known_ones(cli: Run, root: Root) -> None:
    done = cli("build", "--root", root.path, "--view", "nerr")
    assert done.returncode == 2
    assert 'no view "nerr"; there are documents, ' in done.stderr


def test_generate_writes_what_has_drifted_and_check_names_it(cli: Run, root: Root) -> None:
    first = cli("generate", "--root", root.path)
    pictures = [f"docs/{name}.svg" for name in ("stances", "relations", "entities")]
    assert first.stdout == "".join(f"wrote {file}\n" for file in ("annotation/label_studio/config.xml", *pictures))
    root.replace("schemas/scheme.yaml", "- name: LOC\n", "- name: PLACE\n")
    root.replace("schemas/scheme.yaml", "domain: [GPE, LOC, ORG, FAC]", "domain: [GPE, ORG, FAC]")
    scheme = (root.path / "schemas/scheme.yaml").read_text("utf-8").replace("LOC, ", "PLACE, ")
    (root.path / "schemas/scheme.yaml").write_text(scheme, "utf-8")
    checked = cli("generate", "--check", "--root", root.path)
    assert checked.returncode == 1
    assert "schemas/entities.schema.json is not what scheme, layers and corpus give" in checked.stdout
    assert f"{len(LAYERS)} of {len(LAYERS) + 4} generated files are up to date" in checked.stdout
    again = cli("generate", "--root", root.path).stdout
    schemas = [f"schemas/{layer}.schema.json" for layer in ("entities", "actors")]
    drifted = (*schemas, "annotation/label_studio/config.xml", "docs/entities.svg")
    assert again == "".join(f"wrote {file}\n" for file in drifted)
    assert cli("generate", "--check", "--root", root.path).returncode == 0


def test_from_raw_text_to_a_dataset_in_three_commands(cli: Run, tmp_path: Path) -> None:
    text = " date 2025-03-02 U.S. President Ann Lee \U0001f600 left.\n\n"
    text += "\u05e9\u05dc\u05d5\u05dd. \u201cWe go. We win,\u201d she said."
    (tmp_path / "crlf.txt").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert cli("init", "mine").returncode == 0
    added = cli("add", "crlf.txt", "--root", "mine", "--part", "spring")
    assert "added crlf to corpus/spring, 4 sentences" in added.stdout
    built = cli("build", "--root", "mine")
    assert built.returncode == 0
    assert built.stdout.startswith("mine 0.1.0 in mine/dist/mine\n")
    document = json.loads((tmp_path / "mine/corpus/spring/documents.jsonl").read_text("utf-8"))
    assert (document["newline"], document["header"]) == ("crlf", "\ufeff date 2025-03-02 ")
    assert (tmp_path / "mine/seeds/crlf.txt").read_bytes() == (tmp_path / "crlf.txt").read_bytes()


def test_init_makes_no_corpus_where_there_is_one(cli: Run, root: Root) -> None:
    before = (root.path / "corpus/corpus.yaml").read_bytes()
    done = cli("init", root.path)
    assert done.returncode == 2
    assert "holds a corpus already" in done.stderr
    assert (root.path / "corpus/corpus.yaml").read_bytes() == before


def test_an_internal_error_is_one_message_and_exit_code_3(tmp_path: Path) -> None:
    code = (
        "import sys, stancebank.corpus.root_folder\n"
        "def broken(*_): raise RuntimeError('a bug \\x1b[31m')\n"
        "stancebank.corpus.root_folder.find_root = broken\n"
        "from stancebank.commands import main\nsys.argv = ['stancebank', 'validate']\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False, cwd=PROJECT)
    assert done.returncode == 3
    assert "stancebank: internal error: RuntimeError: a bug" in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr


def test_verify_says_that_all_is_as_recorded_or_names_what_is_not(cli: Run, root: Root, tmp_path: Path) -> None:
    built = cli("build", "--root", root.path, "--out", "out", "--view", "stances")
    whole = cli("verify", "out")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout.splitlines() == [
        "stancebank 0.1.0, full: 6 files as recorded",
        built.stdout.splitlines()[-1],
    ]
    (tmp_path / "out/README.md").unlink()
    (tmp_path / "out/note\x1b[1m.txt").write_text("x")
    lacking = cli("verify", "out")
    assert (lacking.returncode, lacking.stderr) == (1, "")
    assert lacking.stdout.splitlines() == [
        "README.md: the file is missing",
        "note\\x1b[1m.txt: is not in manifest.json",
        "2 differences",
    ]
    nothing = cli("verify", root.path)
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "has no manifest: manifest.json: there is no such file" in nothing.stderr
