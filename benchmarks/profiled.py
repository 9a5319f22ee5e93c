"""Where the time of a command goes: its stack every millisecond, as pyinstrument sees it.

Run it with the environment's Python: ``.venv/bin/python benchmarks/profiled.py``. It prints what it finds and writes
it into RESULTS.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import results
from comparisons import OTHER_VIEWS, TOKEN_VIEWS
from measuring import machine, say, write_block
from pyinstrument.frame import Frame
from pyinstrument.session import Session
from works import Places, Work

MARKER = "profiles"
ONE = ("--workers", "1")  # all on one stack
LEAST = 0.04  # of the time; what takes less is left out


def profiled_works(places: Places) -> Mapping[str, Work]:
    """The commands, by what they are called here."""
    corpus = places.few_documents
    return {
        "validate": places.validate(corpus, *ONE),
        "build, no token views": places.build(corpus, *ONE, views=OTHER_VIEWS),
        "build, documents alone": places.build(corpus, *ONE, views=("documents",)),
        "build, token views": places.build(corpus, *ONE, views=TOKEN_VIEWS),
    }


def profile(work: Work) -> Session:
    """One run of a command, in a process of its own."""
    work.clear()
    command = [*map(str, work.command[1:])]
    with tempfile.TemporaryDirectory() as folder:
        session = Path(folder) / "session"
        profiler = (sys.executable, "-m", "pyinstrument", "-r", "pyisession", "-o", session, "-m", "stancebank")
        environment = os.environ | work.environment
        done = subprocess.run((*profiler, *command), capture_output=True, check=False, env=environment)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
        return Session.load(session)


def shares(session: Session) -> tuple[float, dict[str, float]]:
    """Seconds in all, and of them the share in which each function of StanceBank was on the stack."""
    seconds: Counter[str] = Counter()

    def add(frame: Frame, above: frozenset[str]) -> None:
        name = _name(frame)
        if name and name not in above:
            seconds[name] += frame.time
            above |= {name}
        for child in frame.children:
            add(child, above)

    root = session.root_frame()
    assert root is not None
    add(root, frozenset())
    return root.time, {name: spent / root.time for name, spent in seconds.most_common()}


def _name(frame: Frame) -> str:
    """Module and function, where they are StanceBank's and have a name of their own."""
    _, found, module = (frame.file_path or "").partition("/src/stancebank/")
    return f"{module}: {frame.function}" if found and not frame.function.startswith("<") else ""


def table(seconds: float, found: Mapping[str, float], command: str, documents: int) -> Iterator[str]:
    """The shares as Markdown."""
    yield f"| {command}, {documents:,} documents: on the stack | of {seconds:.1f} s |\n|---|--:|\n"
    yield from (f"| `{name}` | {share:.0%} |\n" for name, share in found.items() if share >= LEAST)
    yield "\n"


def main() -> None:
    """Profile, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--no-write", action="store_true", help="leave the page as it is")
    options = parser.parse_args()
    text = [f"{machine('polars', 'pyarrow', 'pyinstrument')}\n\n"]
    with tempfile.TemporaryDirectory(prefix="stancebank-bench-") as folder:
        for name, work in profiled_works(Places(Path(folder), options.documents, options.documents)).items():
            say(name)
            text += table(*shares(profile(work)), name, work.documents)
    print("".join(text))
    if not options.no_write:
        write_block(results.PAGE, MARKER, "".join(text))


if __name__ == "__main__":
    main()
