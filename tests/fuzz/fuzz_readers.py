"""Coverage-guided fuzzing of what reads files: bytes in, findings out.

    python fuzz_readers.py READER [libFuzzer's options] FOLDER
    python fuzz_readers.py READER FILE

READER is layers, settings, seeds or places. The first form fills FOLDER with inputs to start from
and changes them; the second tries the one input that a run has left behind. What breaks a law
below, raises an error that is not documented, ends the process or takes over ten seconds ends the run.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import atheris

from stancebank.schema.paths import ANNOTATORS_FILE, CITATION_FILE, CORPUS_FILE, SCHEME_FILE, SEEDS_FILE
from stancebank.text.control_characters import forbidden_character
from stancebank.text.sentences import sentences

with atheris.instrument_imports(include=["stancebank"]):
    from stancebank.corpus import annotators, citation, jsonl, seeds, settings
    from stancebank.formats import label_map
    from stancebank.schema import scheme_reading
    from stancebank.storage import json_positions, yaml_files
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import Fault, StanceBankError
from stancebank.schema.layers import LAYERS

PROJECT = Path(__file__).parents[2]
SCHEME = read_corpus(PROJECT).sound().scheme
SOUND = PROJECT / "tests/invalid/sound"
LABEL_MAP = "labels.yaml"
FILES = (CORPUS_FILE, SCHEME_FILE, SEEDS_FILE, ANNOTATORS_FILE, CITATION_FILE, LABEL_MAP)
"""All YAML that people write."""
LABELS = b"""# What the labels mean here.
spans:
  PER: mentions PERSON  # people
  claim: attributions.content
  junk: leave out
links:
  member: relations member_of
attributes: {Level: mentions.level}
"""
SEEN: Counter[str] = Counter()


def check_layers(data: bytes) -> None:
    """The first byte chooses the layer. Rows or faults; the quick path and the careful one agree."""
    layer = list(LAYERS.values())[data[0] % len(LAYERS)] if data else LAYERS["targets"]
    content = data[1:]
    frame, faults = jsonl.read_records(content, layer, "f")
    rows, careful = jsonl.read_carefully(content, layer, "f")
    assert faults == careful
    check_faults(frame, faults, "f")
    if frame is not None:
        assert frame.columns == list(layer.names)
        assert frame.rows() == rows
        again, _ = jsonl.read_records(jsonl.write_records(frame, layer), layer, "f")
        assert again is not None
        assert again.equals(frame)
    SEEN["sound, with rows" if frame is not None and len(frame) else "other"] += 1


def check_settings(data: bytes) -> None:
    """The first byte chooses the file. A model or faults, or StanceBankError where no report is made of the file."""
    file = FILES[data[0] % len(FILES)] if data else FILES[0]
    (ROOT / file).write_bytes(data[1:])
    if file in (CITATION_FILE, LABEL_MAP):
        check_sentence(file)
        return
    if file == CORPUS_FILE:
        model, faults = yaml_files.read_yaml(ROOT, file, settings.CorpusSettings, "settings")
    elif file == ANNOTATORS_FILE:
        model, faults = annotators.read_annotators(ROOT)
    else:
        model, faults = scheme_reading.read_scheme(ROOT) if file == SCHEME_FILE else seeds.read_seeds(ROOT)
    check_faults(model, faults, file)
    SEEN["sound" if model is not None else "other"] += 1


def check_sentence(file: str) -> None:
    """It is read, or refused with what is wrong and how to correct it."""
    try:
        if file == CITATION_FILE:
            citation.read_citation(ROOT)
        else:
            label_map.settled_map(label_map.FoundLabels(), SCHEME, ROOT / file, add=False)
    except StanceBankError as error:
        told = error
    else:
        told = StanceBankError("read", "nothing")
    assert told.what
    assert told.fix
    str(told).encode()
    SEEN["read or refused"] += 1


def check_faults(read: object, faults: Sequence[Fault], file: str) -> None:
    assert (read is None) == bool(faults)
    for fault in faults:
        assert fault.file == file
        assert fault.what
        assert fault.fix
        assert fault.line is None or fault.line >= 1
        assert fault.column is None or fault.column >= 1
        for text in (fault.what, fault.path, fault.document or "", fault.record or ""):
            text.encode()  # no half of a surrogate pair, which nothing could write


def check_seeds(data: bytes) -> None:
    """A text from which the bytes can be made again, or StanceBankError."""
    try:
        seed = seeds.read_seed(data, "f")
    except StanceBankError:
        SEEN["refused"] += 1
        return
    assert seeds.seed_bytes(seed.header, seed.text, seed.newline) == data
    assert seed.text.strip()
    assert forbidden_character(seed.text) is None
    reached = 0
    for sentence in sentences(seed.text, "en"):
        text = seed.text[sentence.start : sentence.end]
        assert reached <= sentence.start
        assert text == text.strip() != ""
        assert not seed.text[reached : sentence.start].strip()
        reached = sentence.end
    assert not seed.text[reached:].strip()
    SEEN["sound"] += 1


def check_places(data: bytes) -> None:
    """A line of valid JSON made of the bytes: each value stands where the functions say, each repeated key too."""
    line = "".join(json_text(iter(data), 0))
    value = json.loads(line)
    places = json_positions.value_positions(line)
    for path, each in values((), value):
        assert json_positions.value_position(line, path) == places[path]
        assert json.JSONDecoder().raw_decode(line, places[path])[0] == each
        assert json_positions.json_path(path)
    repeated: list[str] = []
    json.loads(line, object_pairs_hook=lambda pairs: repeated.extend(again(pairs)))
    found = json_positions.repeated_keys(line)
    assert Counter(repeated) == Counter(key for key, _ in found)
    assert all(json.JSONDecoder().raw_decode(line, index)[0] == key for key, index in found)
    SEEN["with repeated keys" if found else "without"] += 1


def values(path: tuple[str | int, ...], value: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in members:
        yield from values((*path, step), each)


def again(pairs: list[tuple[str, Any]]) -> Iterator[str]:
    keys = [key for key, _ in pairs]
    return (key for index, key in enumerate(keys) if key in keys[:index])


BLANKS = ("", "", "", " ", "\t", "\r", "  ", "\n")
SCALARS = ("0", "-1", "1.5e3", "true", "false", "null", '""', "9" * 40)
STRINGS = ('"a"', '"\\u0061"', '"b"', '"\\"]}"', '"\\\\"', '"\U0001f600"', '"{,:["', '"\\ud83d\\ude00"')


def json_text(data: Iterator[int], depth: int) -> Iterator[str]:
    """A JSON value as the bytes say, with blanks around it."""
    choice = next(data, 0)
    yield BLANKS[choice >> 5]
    if choice % 4 > 1 and depth < 12:
        size = next(data, 0) % 5
        yield "[" if choice % 2 else "{"
        for index in range(size):
            yield "," if index else ""
            if not choice % 2:
                blanks = next(data, 0)
                yield BLANKS[blanks >> 5] + STRINGS[blanks % 8] + BLANKS[blanks >> 2 & 7] + ":"
            yield from json_text(data, depth + 1)
        yield BLANKS[size] + ("]" if choice % 2 else "}")
    else:
        yield (STRINGS if choice % 2 else SCALARS)[choice >> 2 & 7]
    yield BLANKS[choice >> 3 & 7]


@dataclass(frozen=True)
class Reader:
    """What is tried, what to start from, and the tokens that changes are made of."""

    check: Callable[[bytes], None]
    start: Callable[[], list[bytes]]
    token: re.Pattern[bytes]
    tokens: Sequence[bytes]


def layer_lines() -> list[bytes]:
    """Of each layer one line, and three lines; of documents one with its text cut."""
    found = []
    for index, layer in enumerate(LAYERS.values()):
        folder = "corpus" if layer.shared else "corpus/2026-03"
        lines = (SOUND / folder / layer.file_name).read_bytes().splitlines(keepends=True)
        lines = [re.sub(rb'("text":"[^"\\]{60})(?:[^"\\]|\\.)*"', rb'\1"', line) for line in lines]
        found += [bytes([index]) + lines[0], bytes([index]) + b"".join(lines[:3])]
    return found


def settings_files() -> list[bytes]:
    """The files, the scheme with one label in each list."""
    content = [(PROJECT / file).read_bytes() for file in FILES[:-1]] + [LABELS]
    content[1] = re.sub(rb"(?m)^(\w+:\n(?:  - .*\n(?:    .*\n)*))(?:  - .*\n(?:    .*\n)*)+", rb"\1", content[1])
    return [bytes([index]) + data for index, data in enumerate(content)]


def seed_files() -> list[bytes]:
    text = next((PROJECT / "seeds").glob("*.txt")).read_bytes()[:400]
    return [text, b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"), b"One. Two.\n\nThree?"]


JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[-+.\w]+|.', re.DOTALL)
WORD = re.compile(rb"\w+|\s+|.", re.DOTALL)
JSON_TOKENS = rb"""{ } [ ] , : " \ {} [] "" null true false 0 -0 -1 1.0 1e2 1E400 01 NaN -Infinity 9223372036854775807
9223372036854775808 -9223372036854775809 "\ud83d" "\ude00\ud83d" "\ud83d\ude00" "\u0000" "\u0061" "\/" "\x" "e1" "m1"
"text" "start" "end" "content" "doc_id" "" ": }{ },{ // 'a'""".split()
BYTES = [
    text.encode()
    for text in ("\n", "\r\n", "\r", "\t", " ", "\0", "\f", "\xe9", "\x85", "\u2028", "\ufeff", "\U0001f600")
]
BYTES += [b"\xff", b"\xc0\x80", b"\xed\xa0\xbd", b"}\n{", b"\n\n", b"[" * 40, b"9" * 400]
YAML_TOKENS = rb"""- : ? & * ! | > % @ ` # --- ... &a *a &b *b !!int !!binary !!set !!python/object << <<:
[ ] { } , ' " ~ null
true 2025-02-17 0o7 1_000 .inf .nan 1.0 %YAML |2 >- ? - [[]] {a:""".split()
SEED_TOKENS = [
    b" date 2025-02-17 ",
    b" date 2025-02-30 ",
    b" date ",
    b"\n\n",
    b"\r\n\r\n",
    b". ",
    b"Mr. ",
    b'," ',
    b"? ",
]

READERS = {
    "layers": Reader(check_layers, layer_lines, JSON_TOKEN, [*JSON_TOKENS, *BYTES]),
    "settings": Reader(check_settings, settings_files, WORD, [*YAML_TOKENS, *BYTES]),
    "seeds": Reader(check_seeds, seed_files, WORD, [*SEED_TOKENS, *BYTES]),
    "places": Reader(check_places, lambda: [bytes(range(0, 256, step)) for step in (1, 3, 7)], WORD, BYTES),
}


def change(reader: Reader, data: bytes, longest: int, seed: int) -> bytes:
    """Half of the time libFuzzer's own change of bytes, else one of tokens, which more often stays readable."""
    rng = random.Random(seed)
    if rng.random() < 0.5:
        return atheris.Mutate(data, longest)
    head, tokens = data[:1], reader.token.findall(data[1:])
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        start = rng.randrange(len(tokens) + 1)
        end = start + rng.choice([0, 1, 1, 2, 5])
        there = rng.randrange(len(tokens) + 1)
        taken = tokens[start:end]
        match rng.randrange(8):
            case 0:
                tokens[start:end] = [rng.choice(reader.tokens)]
            case 1:
                tokens[start:start] = [rng.choice(reader.tokens)]
            case 2:
                del tokens[start:end]
            case 3:
                tokens[there:there] = taken
            case 4:
                del tokens[start:end]
                tokens[there:there] = taken
            case 5:
                tokens[start:end] = tokens[there : there + len(taken)]
            case _ if start < len(tokens):  # by one of its sort: a string by a string, a number by a number
                alike = [token for token in (*tokens, *reader.tokens) if token[:1] == tokens[start][:1]]
                tokens[start] = rng.choice(alike)
    return (head + b"".join(tokens))[:longest]


def tell(reader: Reader, data: bytes, runs: int) -> None:
    """Try an input; after the last one say how many there were of what, since libFuzzer does not come back."""
    reader.check(data)
    if SEEN.total() == runs:
        sys.stderr.write(f"SEEN {json.dumps(SEEN)}\n")


if __name__ == "__main__":
    reader = READERS[sys.argv.pop(1)]
    target = Path(sys.argv[-1])
    if target.is_file():
        reader.check(target.read_bytes())
        sys.exit()
    with tempfile.TemporaryDirectory() as folder:
        ROOT = Path(folder)
        for file in FILES:
            (ROOT / file).parent.mkdir(exist_ok=True)
        target.mkdir(exist_ok=True)
        for index, data in enumerate(reader.start()):
            (target / f"start-{index}").write_bytes(data)
        runs = next(int(option[6:]) for option in sys.argv if option.startswith("-runs="))
        atheris.Setup(
            sys.argv, lambda data: tell(reader, data, runs), custom_mutator=lambda *each: change(reader, *each)
        )
        atheris.Fuzz()
