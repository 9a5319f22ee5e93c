"""Help, shell completion and the registry of commands."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import typer

from conftest import PROJECT, offline
from stancebank.checks.report_formats import FORMATS
from stancebank.commands import app
from stancebank.commands.registry import COMMANDS, EXIT_CODES, FILES
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.views.names import NAMES
from stancebank.views.registry import VIEWS

Run = Callable[..., CompletedProcess[str]]
PACKAGE = PROJECT / "src/stancebank"
ALL = {name: meaning for section in COMMANDS.values() for name, meaning in section.items()}
GROUPS = {name: members for name, members in ALL.items() if not isinstance(members, str)}
FAILURES = {name: meaning for name, meaning in ALL.items() if isinstance(meaning, str)}
FAILURES |= {f"{group} {name}": meaning for group, members in GROUPS.items() for name, meaning in members.items()}
HEAVY = {"polars", "pandera", "datasets", "label_studio_sdk", "pyarrow", "spacy", "rich", "numpy", "pydantic"}
WITH_PROGRESS = ("validate", "build", "verify", "rehydrate", "stats", "site")
WITH_PROGRESS += tuple(f"studio {name}" for name in ("push", "pull", "status", "export", "import"))


def parameters() -> Iterator[tuple[str, object]]:
    """Each option and argument that help shows, with its command."""

    def below(name: str, command: object) -> Iterator[tuple[str, object]]:
        for parameter in getattr(command, "params", ()):
            if not parameter.hidden:
                yield f"{name} {parameter.name}", parameter
        for member, inner in getattr(command, "commands", {}).items():
            if not inner.hidden:
                yield from below(f"{name} {member}", inner)

    yield from below("stancebank", typer.main.get_command(app))


@pytest.mark.parametrize("command", FAILURES)
def test_each_command_explains_itself_and_its_exit_codes(cli: Run, command: str) -> None:
    done = cli(*command.split(), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    codes = EXIT_CODES | {1: FAILURES[command]}
    table = "".join(f"    {code}  {meaning}\n" for code, meaning in codes.items() if meaning)
    assert f"  Exit codes:\n{table}\n" in done.stdout
    assert not re.search(r"<\w+", done.stdout), "a type of Python"
    assert "-h, --help" in done.stdout
    assert cli(*command.split(), "-h").stdout == done.stdout


@pytest.mark.parametrize("group", [(), *((name,) for name in GROUPS)], ids=lambda group: "".join(group) or "stancebank")
def test_the_list_has_every_command_with_its_whole_summary_on_one_line(cli: Run, group: tuple[str, ...]) -> None:
    listed = dict(re.findall(r"^  ([a-z]+) {2,}(.+)$", cli(*group, "--help").stdout, re.MULTILINE))
    commands = GROUPS[group[0]] if group else ALL
    assert listed.keys() == commands.keys()
    for name, summary in listed.items():
        page = cli(*group, name, "--help").stdout
        assert page.split("\n\n")[1].strip() == f"{summary}."
        assert summary[0].isupper()
        assert len(f"  {name:<12}{summary}") <= 80


def test_every_parameter_has_a_name_in_capitals_or_choices_and_a_meaning() -> None:
    for name, parameter in parameters():
        assert getattr(parameter, "help", ""), name
        if getattr(parameter, "is_flag", False):
            continue
        metavar = getattr(parameter, "metavar", None) or ""
        assert re.fullmatch(r"[A-Z][A-Z/=-]*(\|-|\|local|\|[A-Z]+)?|[a-z]+(\|[a-z]+)+", metavar), name


def test_what_takes_long_can_be_told_to_be_quiet(cli: Run) -> None:
    for command in WITH_PROGRESS:
        assert "  -q, --quiet" in cli(*command.split(), "--help").stdout, command


def test_choices_are_listed_where_they_are_made(cli: Run) -> None:
    assert f"--format {'|'.join(FORMATS)}\n" in cli("validate", "--help").stdout
    words = cli("build", "--help").stdout.split()
    assert [view for view in NAMES if {f"{view},", f"{view}."}.isdisjoint(words)] == []
    assert tuple(VIEWS) == tuple(name for name in NAMES if name not in ("classifications", "document_labels"))
    refused = cli("validate", "--format", "xml")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"'xml' is not one of {', '.join(FORMATS)}" in refused.stderr


def test_the_version_has_a_short_option(cli: Run) -> None:
    assert cli("-V").stdout == cli("--version").stdout
    assert re.fullmatch(r"stancebank \d+\.\d+\.\d+\n", cli("-V").stdout)


def test_all_help_is_light(tmp_path: Path) -> None:
    pages = [
        ["--help"],
        ["--version"],
        *([group, "--help"] for group in GROUPS),
        *([*command.split(), "--help"] for command in FAILURES),
    ]
    code = (
        "import sys\nfrom stancebank.commands import main\n"
        f"for arguments in {pages!r}:\n"
        "    sys.argv = ['stancebank', *arguments]\n"
        "    try: main()\n    except SystemExit as end: assert end.code == 0\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(tmp_path), check=True)
    assert done.stderr == "[]\n"
    assert done.stdout.count("Usage: stancebank") == len(pages) - 1


def test_a_command_loads_no_other(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom stancebank.commands import main\nsys.argv = ['stancebank', 'studio', 'push', '--help']\n"
        "try: main()\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(tmp_path), check=True)
    loaded = {*done.stderr.split()} & {f"stancebank.commands.{name.replace(' ', '.')}" for name in (*ALL, *FAILURES)}
    assert loaded == {"stancebank.commands.studio", "stancebank.commands.studio.push"}


# Shell completion


def completed(cli: Run, home: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    variables = {"COMP_WORDS": " ".join(["stancebank", *words]), "COMP_CWORD": str(len(words))}
    return cli(env=offline(home, _STANCEBANK_COMPLETE="complete_bash", **variables)).stdout.split()


def test_a_shell_completes_commands_options_and_choices(cli: Run, tmp_path: Path) -> None:
    assert completed(cli, tmp_path, "re") == ["remove", "rename", "reopen", "rehydrate", "release"]
    assert completed(cli, tmp_path, "studio", "pu") == ["push", "pull"]
    assert completed(cli, tmp_path, "validate", "--out") == ["--output-file"]
    assert completed(cli, tmp_path, "validate", "--format", "j") == ["json", "junit"]
    stances = ["stance_detection", "stance_pairs", "stance_votes"]
    assert completed(cli, tmp_path, "build", "--view", "stance_") == stances
    assert completed(cli, tmp_path, "build", "--edition", "m") == ["masked"]


def test_completion_changes_nothing_unless_it_is_installed(cli: Run, tmp_path: Path) -> None:
    script = cli(env=offline(tmp_path, _STANCEBANK_COMPLETE="source_bash"))
    assert (script.returncode, "complete -o default" in script.stdout) == (0, True)
    completed(cli, tmp_path, "re")
    cli("--help")
    assert list(tmp_path.iterdir()) == []


# What is plural is registered in one place


def test_a_command_is_a_file_and_a_line_of_the_registry() -> None:
    registered = set()
    for name in FAILURES:
        group, _, member = name.rpartition(" ")
        file = FILES.get(f"{group or 'commands'}.{member}", member)
        registered.add(f"{group}/{file}".lstrip("/"))
    assert set(files_with_a_function_of_their_name(PACKAGE / "commands")) == registered


def test_a_report_format_is_a_file_and_a_line() -> None:
    reporters = PACKAGE / "checks/reporters"
    written = {
        function.removeprefix("report_"): path.stem
        for path in reporters.glob("*.py")
        for function in functions(path)
        if function.startswith("report_")
    }
    assert written == dict(FORMATS)


def test_a_view_is_a_file_and_a_line() -> None:
    folder = PACKAGE / "views"
    views = {
        name
        for name in files_with_a_function_of_their_name(folder)
        if re.search(r"^COLUMNS\b", (folder / f"{name}.py").read_text("utf-8"), re.MULTILINE)
    }
    assert views == set(NAMES) - KNOWN_LAYERS.keys()


def files_with_a_function_of_their_name(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        if path.stem in functions(path):
            yield path.relative_to(folder).with_suffix("").as_posix()


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
