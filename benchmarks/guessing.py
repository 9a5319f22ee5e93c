"""How fast somebody can guess at what an edition withholds, and what of it the guesses confirm.

``.venv/bin/python benchmarks/guessing.py``: some five minutes of one core, and it prints its table. The corpus is made
up: a short text, and a long one of which a target copies some words. Whoever guesses has the edition's files and a list
of words, and knows all but three words of what is guessed. The truth is the last guess, so that all are asked for it.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

import stancebank
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import build, chosen_views
from stancebank.editions.edition import EditionName
from stancebank.editions.sealing import text_digest
from stancebank.storage.slow_digest import slow_digest

NAME = "guessed"
SHORT = "The {} of {} said {}."
LONG_SENTENCE = "In the evening the {} of {} announced that {} is closed."
PHRASE = "the {} of {} announced that {}"
TRUTH = ("minister", "finance", "nothing")
ROUTINE = "The council of the town met on that day, heard what had been proposed, and sent everybody home. "
"""In the long text as often as needed to make it long."""


@dataclass(frozen=True)
class Attack:
    """What is guessed, by what digest; how often was tried in how many seconds, and whether the truth was confirmed."""

    what: str
    digest: str
    tried: int
    seconds: float
    confirmed: bool
    protected: bool

    @property
    def line(self) -> str:
        """A row of the table."""
        speed = self.tried / self.seconds
        seconds = 1e8 / speed
        whole = f"{seconds:,.0f} s" if seconds < 3600 else f"{seconds / 24 / 3600:,.0f} days"
        said = "protected" if self.protected else "not protected"
        found = "confirmed" if self.confirmed else "nothing"
        return f"| {self.what} | {self.digest} | {self.tried:,} | {speed:,.0f} | {whole} | {found} | {said} |"


def main() -> None:
    """Build the editions, try, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guesses", type=int, default=100_000_000, help="by quick digests")
    parser.add_argument("--seconds", type=int, default=60, help="of guesses by each slow digest")
    options = parser.parse_args()
    print("| guessed | by | guesses | a second | 100 million take | found | docs/editions.md says |")
    print("| --- | --- | ---: | ---: | ---: | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="stancebank-guessing-") as folder:
        for attack in attacks(Path(folder), options.guesses, options.seconds):
            print(attack.line, flush=True)


def attacks(folder: Path, guesses: int, seconds: float) -> Iterator[Attack]:
    """Each attack on the editions of a made-up corpus, after it was run."""
    root = made_up(folder)
    oracle: set[bytes] = set()
    editions: tuple[EditionName, ...] = ("standoff", "masked")
    for edition in editions:
        build(read_corpus(root), folder / edition, chosen_views(None), edition=edition)
        oracle |= digests(folder / edition)
    quick: list[tuple[str, str, str, bool]] = [
        ("a text of fewer than 200 code points", SHORT, "SHA-256 of text or seed", True),
        ("five words of a target", PHRASE, "SHA-256 of the words", True),
        ("a long sentence of a long text", LONG_SENTENCE, "SHA-256 of the sentence", False),
    ]
    for what, form, digest, protected in quick:
        tried, taken, found = quickly(form, oracle, guesses)
        yield Attack(what, digest, tried, taken, found, protected)
    slow: list[tuple[str, str, Callable[[str], str], str]] = [
        ("a text of fewer than 200 code points", "its digests (scrypt, 16 MiB)", lambda t: text_digest(t, NAME), SHORT),
        ("five words of a target", "the digest of the file (scrypt, 32 MiB)", _of_file, PHRASE),
    ]
    for what, digest, derive, form in slow:
        tried, taken, found = slowly(form, oracle, derive, seconds)
        yield Attack(what, digest, tried, taken, found, protected=True)


def _of_file(phrase: str) -> str:
    """As the digest of a file that has the phrase and nothing else that is unknown."""
    return slow_digest(hashlib.sha256(phrase.encode()).hexdigest())


def made_up(folder: Path) -> Path:
    """A corpus of a short text and a long one, and a target that copies words of the long one."""
    corpus = stancebank.create(folder / NAME)
    corpus.add_document("short", SHORT.format(*TRUTH), date="2031-05-01")
    corpus.add_document("long", ROUTINE * 4 + LONG_SENTENCE.format(*TRUTH), date="2031-05-01")
    corpus.add_target("closed", PHRASE.format(*TRUTH))
    corpus.save()
    return folder / NAME


def digests(edition: Path) -> set[bytes]:
    """Every digest of 32 bytes that is written anywhere in an edition, rows of shards included."""
    files = [path for path in edition.rglob("*") if path.is_file()]
    texts = [
        pl.read_parquet(path).write_ndjson() if path.suffix == ".parquet" else path.read_text("utf-8", "replace")
        for path in files
    ]
    return {bytes.fromhex(digest) for text in texts for digest in re.findall("[0-9a-f]{64}", text)}


def guesses_of(words: int) -> Iterator[tuple[str, ...]]:
    """So many triples of words as the cube of the number, the truth last."""
    known = [f"word{number:03}" for number in range(words - 1)]
    yield from itertools.product(known, repeat=3)
    yield TRUTH


def quickly(form: str, oracle: set[bytes], most: int) -> tuple[int, float, bool]:
    """How many guesses were tried by SHA-256 in how many seconds, and whether the truth was confirmed."""
    pieces = [piece.encode() for piece in form.split("{}")]
    start, tried = time.process_time(), 0
    for first, second, third in guesses_of(round(most ** (1 / 3)) + 1):
        guess = b"%b%b%b%b%b%b%b" % (
            *(pieces[0], first.encode(), pieces[1], second.encode()),
            *(pieces[2], third.encode(), pieces[3]),
        )
        tried += 1
        if hashlib.sha256(guess).digest() in oracle:
            return tried, time.process_time() - start, True
    return tried, time.process_time() - start, False


def slowly(form: str, oracle: set[bytes], derive: Callable[[str], str], seconds: float) -> tuple[int, float, bool]:
    """The same for so many seconds with a slow digest; the truth is not among what there is time for."""
    start, tried = time.process_time(), 0
    for words in guesses_of(1000):
        if bytes.fromhex(derive(form.format(*words))) in oracle:
            return tried + 1, time.process_time() - start, True
        tried += 1
        if time.process_time() - start > seconds:
            break
    return tried, time.process_time() - start, False


if __name__ == "__main__":
    main()
