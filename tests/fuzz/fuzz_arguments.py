"""The command line with arguments drawn at random: each ends with 0, 1 or 2 and a sentence, in bounded time and memory.

    python fuzz_arguments.py FIRST COUNT FOLDER

Arguments number FIRST and so on are tried in this process, in FOLDER. What breaks a law ends the run, and is printed.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from stancebank import commands
from stancebank.commands.registry import COMMANDS

LIMIT = 120  # seconds for one, on a machine that has other work to do
MEMORY = 1_500_000  # kB at the end of all
ODD = [
    *("", "-", "--", "---", "-x", "--=", "--root", "--root=", "=", "0", "-1", "1e9", "nan", "9" * 30, "1", "2"),
    *(".", "..", "c", "empty", "text.txt", "missing/x", "pipe", "link", "~", "$HOME", "*", "[", "a\nb", "x" * 5000),
    *("\x1b[31m", "\udcff", "é", "\u202e", "\U0001f600", "{}", "null", "true", "SB301", "SB9", "en", "2025-02-30"),
    *("2025-03-01", "s3://", "memory://x", "http://127.0.0.1:9/x", "gold", "a=b", "a=", "=b", "v1.0.0", "1.0.0"),
    *("standoff", "masked", "full", "json", "text", "brat", "csv", "PERSON", "e1", "s1", "d1", "%s", "%(x)s", "a,b"),
]
LEFT_OUT = {("studio", "up")}  # starts a server


def leaves(members: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The commands, by the words that call each."""
    for name, inner in members.items():
        if isinstance(inner, str):
            yield (*before, name)
        else:
            yield from leaves(inner, (*before, name))


NAMES = [each for section in COMMANDS.values() for each in leaves(section) if each not in LEFT_OUT]


commands.app = get_command(commands.app)  # once, and not for each run  # type: ignore[assignment]


def options(command: tuple[str, ...]) -> list[str]:
    """The options that a command has."""
    found: Any = commands.app
    for word in command:
        found = found.commands[word]
    return [name for each in found.params for name in (*each.opts, *each.secondary_opts) if name.startswith("-")]


OPTIONS = {command: [each for each in options(command) if each not in ("--workers", "--cluster")] for command in NAMES}
"""How many processes work is tried elsewhere."""


def drawn(number: int) -> list[str]:
    """The arguments of this number."""
    rng = random.Random(number)
    if rng.random() < 0.05:
        return [rng.choice(ODD) for _ in range(rng.randrange(4))]
    command = rng.choice(NAMES)
    words = list(command)
    if rng.random() < 0.03:
        words[-1] = words[-1][:-1] or "x"
    for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4, 6])):
        kind = rng.random()
        if kind < 0.5 and OPTIONS[command]:
            option = rng.choice(OPTIONS[command])
            words += [f"{option}={rng.choice(ODD)}"] if kind < 0.1 else [option, *[rng.choice(ODD)][: rng.randrange(2)]]
        else:
            words.append(rng.choice(ODD))
    if "--root" in OPTIONS[command] and rng.random() < 0.3:
        words += ["--root", "c"]
    return words


def run(words: list[str]) -> tuple[int, str]:
    """The exit code, and what was printed to standard error."""
    own = sys.argv, sys.stdout, sys.stderr, sys.stdin
    output, said = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace") for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(), "utf-8")
    sys.argv, sys.stdout, sys.stderr, sys.stdin = ["stancebank", *words], output, said, given
    try:
        commands.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.argv, sys.stdout, sys.stderr, sys.stdin = own
    said.flush()
    output.flush()
    return code, (said.buffer.getvalue() + output.buffer.getvalue()).decode()  # type: ignore[attr-defined]


def furnished(folder: Path) -> None:
    """A new folder with a text, an empty folder, a pipe, a link and a corpus without texts, and be in it."""
    shutil.rmtree(folder, ignore_errors=True)
    inner = folder / "inner"  # so that .. is nobody else's
    (inner / "empty").mkdir(parents=True)
    os.chdir(inner)
    Path("text.txt").write_text("The minister said no to the plan.\n", "utf-8")
    os.mkfifo("pipe")
    Path("link").symlink_to("pipe")
    assert run(["init", "c"])[0] == 0


class Late(BaseException):
    """A run took too long; the command line calls it an internal error."""


def late(*_: object) -> None:
    """What the alarm does."""
    raise Late


def check(number: int) -> str:
    """Try one; gives how it ended. Raises AssertionError with it where a law is broken."""
    words = drawn(number)
    signal.alarm(LIMIT)
    code, printed = run(words)
    signal.alarm(0)
    told = f"{number}: {words!r} ended with {code}: {printed[-2000:]}"
    assert code in (0, 1, 2), told
    assert "Traceback" not in printed, told
    assert "internal error" not in printed, told
    assert code == 0 or printed.strip(), told
    return str(code)


if __name__ == "__main__":
    first, count, place = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    furnished(place)
    seen: Counter[str] = Counter()
    for number in range(first, first + count):
        signal.signal(signal.SIGALRM, late)
        seen[check(number)] += 1
        if number % 500 == 499:
            furnished(place)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEMORY, resource.getrusage(resource.RUSAGE_SELF)
    sys.stderr.write(f"SEEN {json.dumps(seen)}\n")
