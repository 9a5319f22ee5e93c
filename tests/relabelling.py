"""A corpus under other labels, and everything that is made of a corpus, as text that can be named back.

New names have the length of the old ones, since pictures and tables are as wide as their labels.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pyarrow.parquet as pq

from overlays import INVALID, SOUND
from stancebank.agreement import annotation_comparison, comparison_report
from stancebank.agreement.adjudication import adjudicate
from stancebank.agreement.agreement_scores import agreement
from stancebank.agreement.decisions import read_decisions
from stancebank.agreement.disagreements import disagreements
from stancebank.checks.findings import Tally
from stancebank.checks.reporters.as_json import report_json
from stancebank.checks.reporters.as_text import report_text
from stancebank.checks.validation import check_corpus, part_hits
from stancebank.compare.difference_report import Format, report
from stancebank.compare.release_digests import compare_states
from stancebank.compare.snapshots import corpus_snapshot, pass_snapshot
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import corpus_statistics, part_statistics
from stancebank.dataset.building import available_views, build
from stancebank.dataset.label_codes import worded
from stancebank.editions.edition import EditionName
from stancebank.pages.generated import generated_files
from stancebank.pages.statistics_report import report_json as statistics_json
from stancebank.pages.statistics_report import report_text as statistics_text
from stancebank.rehydration.edition_folder import read_edition
from stancebank.rehydration.restored_edition import rehydrate
from stancebank.schema.layers import LAYERS
from stancebank.schema.paths import ADJUDICATION_FILE, SCHEME_FILE, shared_file
from stancebank.schema.scheme import VOCABULARIES, Scheme, roles
from stancebank.schema.scheme_layers import ALL_LAYERS
from stancebank.schema.scheme_reading import read_scheme
from stancebank.storage.careful_yaml import load_yaml, plain_yaml
from stancebank.studio.importing.import_run import import_annotations
from stancebank.studio.layout.tasks import Mode, export_tasks, part_tasks
from stancebank.views.registry import VIEWS, views_of

_RARE = "qxzjkvwQXZJKVW"  # letters that hardly a word is made of
Record = dict[str, Any]
Labels = Mapping[tuple[str, str], str]
"""New names by vocabulary and old name."""
Outputs = dict[str, str]
"""Everything that is made of a corpus, by what it is."""


def same_names(scheme: Scheme) -> Labels:
    """Every label under its own name."""
    return {(vocabulary, name): name for vocabulary in VOCABULARIES for name in scheme.names(vocabulary)}


def new_names(scheme: Scheme, seed: int) -> Labels:
    """Every label under a made-up name; a name that two vocabularies have becomes two."""
    chance, taken = random.Random(seed), set[str]()
    names = {}
    for vocabulary, old in same_names(scheme):
        name = ""
        while not name or name in taken:
            name = "".join(chance.choices(_RARE, k=len(old)))
        taken.add(name)
        names[vocabulary, old] = name
    return names


def named_back(text: str, names: Labels) -> str:
    """A text with the labels called as before; digests and sizes of bytes, which hang on them, left out."""
    back = {new: old for (_, old), new in names.items()}
    any_of = "|".join(sorted(back, key=len, reverse=True)) or "(?!)"
    text = re.sub(rf"(?<![A-Za-z0-9])(?:{any_of})(?![A-Za-z0-9])", lambda found: back[found[0]], text)
    text = re.sub(r"\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b", "DIGEST", text)
    return re.sub(r'((?:"bytes"|download_size|num_bytes|"contentSize")"?: )"?\d+(?: B")?', r"\g<1>0", text)


# A corpus on disk


@dataclass(frozen=True)
class Relabelled:
    """A copy of a corpus under other labels."""

    path: Path
    names: Labels

    def named_back(self, text: str) -> str:
        """A text with labels and root called as before."""
        return named_back(text, self.names).replace(str(self.path), "ROOT")


def relabelled(root: Path, folder: Path, names: Callable[[Scheme], Labels]) -> Relabelled:
    """A copy of a corpus in a folder with new names in scheme, records, passes and decisions."""
    scheme, faults = read_scheme(root)
    assert scheme is not None, faults
    new = names(scheme)
    folder.mkdir()
    for name in ("CITATION.cff", "DATASHEET.md"):
        if (root / name).exists():
            shutil.copy(root / name, folder / name)
    for name in ("annotation", "corpus", "docs", "schemas", "seeds"):
        if (root / name).exists():
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("migrations", "releases"))
    content = load_yaml((folder / SCHEME_FILE).read_bytes(), SCHEME_FILE, "scheme", quotes=True)
    assert isinstance(content, dict)
    _rename(content, new)
    (folder / SCHEME_FILE).write_text(_written(content), "utf-8")
    for path in [*folder.glob("corpus/**/*.jsonl"), *folder.glob("annotation/passes/**/*.jsonl")]:
        _rewrite(path, lambda record, layer=path.stem: _record(record, layer, new))
    if (folder / ADJUDICATION_FILE).exists():
        _rewrite(folder / ADJUDICATION_FILE, lambda decision: _decision(decision, new))
    return Relabelled(folder, new)


def link(root: Path) -> None:
    """Give the made-up corpus of the migrations actors, and link an entity to one, in passes too."""
    shutil.copy(INVALID / SOUND / shared_file("actors"), root / shared_file("actors"))
    for path in root.glob("*/**/entities.jsonl"):
        _rewrite(path, lambda record: record | {"actor": "danescu" if "escu" in record["name"] else None})


def without_roles(data: bytes) -> str:
    """The text of a scheme without its roles."""
    content = load_yaml(data, SCHEME_FILE, "scheme", quotes=True)
    assert isinstance(content, dict)
    for role in roles():
        for label in content[role.vocabulary]:
            label.pop(role.name, None)
    return _written(content)


def _written(content: Record) -> str:
    written = StringIO()
    plain_yaml().dump(content, written)
    return written.getvalue()


def _rename(scheme: Record, names: Labels) -> None:
    for vocabulary in VOCABULARIES:
        for label in scheme[vocabulary]:
            label["name"] = names[vocabulary, label["name"]]
            for end in ("domain", "range"):
                if end in label:
                    label[end] = [names["entity_types", name] for name in label[end]]


def _rewrite(path: Path, change: Callable[[Record], Record]) -> None:
    records = (json.loads(line) for line in path.read_text("utf-8").split("\n") if line)
    lines = (json.dumps(change(record), ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)
    path.write_text("".join(lines), "utf-8", newline="\n")


def _record(record: Record, layer: str, names: Labels) -> Record:
    own = {column.name: column.vocabulary for column in LAYERS[layer].columns if column.vocabulary}
    return record | {key: names.get((own[key], value), value) for key, value in record.items() if key in own}


def _decision(decision: Record, names: Labels) -> Record:
    return decision | {"values": _record(decision.get("values", {}), decision["layer"], names)}


def outputs(copy: Relabelled) -> Outputs:
    """Everything that is made of a corpus but what it is built into, labels named back."""
    corpus = read_corpus(copy.path)
    sources = (_checked, _viewed, _counted, _generated, _compared, _annotated)
    return {copy.named_back(name): copy.named_back(text) for each in sources for name, text in each(corpus)}


def _checked(corpus: Corpus) -> Iterator[tuple[str, str]]:
    findings = list(check_corpus(corpus))
    yield "findings as text", "\n".join(report_text(Tally(findings)))
    yield "findings as JSON", "".join(report_json(Tally(findings)))


def _viewed(corpus: Corpus) -> Iterator[tuple[str, str]]:
    for name in corpus.part_names:
        part = corpus.read_part(name)
        for view in views_of(corpus.scheme).values():
            yield f"{view.name} of {name}", view.rows(part).write_ndjson()


def _counted(corpus: Corpus) -> Iterator[tuple[str, str]]:
    statistics = corpus_statistics(corpus)
    yield "counts as text", statistics_text(corpus, statistics, width=100)
    yield "counts as JSON", statistics_json(corpus, statistics)


def _generated(corpus: Corpus) -> Iterator[tuple[str, str]]:
    for file, data in generated_files(corpus).items():
        # The key of a choice is a letter of its name.
        yield file, re.sub(r' hotkey="[^"]*"', "", data.decode()) if file.endswith("config.xml") else data.decode()


def _compared(corpus: Corpus) -> Iterator[tuple[str, str]]:
    compared = annotation_comparison.compare(corpus, ["gold", *corpus.annotators])
    yield "agreement as text", "\n".join(comparison_report.report_text(compared, explain=True))
    yield "agreement as JSON", "\n".join(comparison_report.report_json(compared))
    for each in adjudicate(corpus, corpus.annotators[:2], read_decisions(corpus.root)):
        yield f"undecided of {each.part}", "\n".join(question.disagreement.what for question in each.open)
        for layer, rows in each.frames.items():
            yield f"adjudicated {layer} of {each.part}", rows.write_ndjson()
    gold, other = corpus_snapshot(corpus.root, "gold"), pass_snapshot(corpus.root, corpus.annotators[0], "pass")
    for format in get_args(Format):
        yield f"difference as {format}", "\n".join(report(compare_states(gold, other), format))


def _annotated(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Tasks for Label Studio, and what comes of them: as they are, and with entities that somebody typed."""
    for mode in Mode:
        yield f"tasks with {mode}", json.dumps(list(export_tasks(corpus, mode)), indent=1)
    tasks = json.loads(json.dumps(list(export_tasks(corpus, Mode.annotations))))
    annotations = [annotation for task in tasks for annotation in task.get("annotations", ())]
    for number, annotation in enumerate(annotations):
        annotation |= {"id": number, "completed_by": 1, "was_cancelled": False}
    yield from _imported(corpus, "import", tasks)
    for annotation in annotations:
        mentions = [item for item in annotation["result"] if item.get("from_name") == "entity"]
        for number, item in enumerate(mentions[::2]):
            del item["value"]["taxonomy"]
            item["value"]["text"] = [f"name {number} | 2025-02-16"]
            item |= {"from_name": "new_entity", "type": "textarea"}
    yield from _imported(corpus, "import of typed entities", tasks)
    for annotation in annotations:
        for item in annotation["result"]:
            if item.get("from_name") == "new_entity":
                item["value"]["text"] = [" | "]
    yield from _imported(corpus, "import of entities without a name", tasks)


def _imported(corpus: Corpus, name: str, tasks: list[Record]) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        imported = import_annotations(corpus, BytesIO(json.dumps(tasks).encode()), out=Path(folder) / "out")
        yield name, "\n".join(map(repr, (*imported.notices, *imported.documents)))
        for path in sorted(Path(folder).rglob("*.jsonl")):
            yield f"{name}: {path.relative_to(folder)}", path.read_text("utf-8")


def built(copy: Relabelled, folder: Path) -> Outputs:
    """The three editions, and one with its texts put back: all of them, and a part of them.

    Of Parquet the rows and what it says of them; what is sealed is left out.
    """
    corpus = read_corpus(copy.path)
    names: tuple[EditionName, ...] = ("full", "standoff", "masked")
    for name in names:
        build(corpus, folder / name, available_views(corpus.scheme), edition=name)
    texts = sorted((copy.path / "seeds").glob("*.txt"))
    (folder / "texts").mkdir()
    for text in texts:
        lines = text.read_text("utf-8").split("\n")
        fewer = [*lines[: len(lines) // 3], "No.", *lines[len(lines) // 2 :]]
        (folder / "texts" / text.name).write_text("\n".join(fewer), "utf-8")
    edition = read_edition(folder / "standoff")
    rehydrated = rehydrate(edition, texts, folder / "whole")
    partial = rehydrate(edition, sorted((folder / "texts").iterdir()), folder / "partial", allow_partial=True)
    found = {"not placed": repr((rehydrated.lost, partial.lost))}
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.endswith("sealed"):
            found[str(path.relative_to(folder))] = content(path)
    return {copy.named_back(name): copy.named_back(text) for name, text in found.items()}


def content(path: Path) -> str:
    """What a file of a built dataset says, whatever order and sizes its bytes have."""
    if path.name == "manifest.json":
        return _without_counts(path.read_text("utf-8"))
    if path.suffix != ".parquet":
        return path.read_text("utf-8")
    metadata = pq.read_schema(path).metadata or {}
    said = {key.decode(): value.decode(errors="replace") for key, value in metadata.items() if key != b"ARROW:schema"}
    return f"{said}\n{pl.DataFrame(worded(pq.read_table(path))).write_ndjson()}"


def _without_counts(manifest: str) -> str:
    """A manifest without the counts of its parts, which are sorted by name; the card has them all together."""
    content = json.loads(manifest)
    for part in content["parts"]:
        del part["statistics"]
    return json.dumps(content, indent=1)


# A part in memory


def relabelled_part(part: Part, names: Labels) -> Part:
    """A part in memory under other labels."""
    content = part.scheme.model_dump()
    _rename(content, names)
    frames = {}
    for layer, frame in (*part.frames.items(), *part.corpus.shared.items()):
        columns = [column for column in LAYERS[layer].columns if column.vocabulary]
        new = {
            column.name: {old: name for (vocabulary, old), name in names.items() if vocabulary == column.vocabulary}
            for column in columns
        }
        frames[layer] = frame.with_columns(pl.col(column).replace(to) for column, to in new.items())
    shared = {layer: frames.pop(layer) for layer in part.corpus.shared}
    return replace(
        part, corpus=replace(part.corpus, scheme=Scheme.model_validate(content), shared=shared), frames=frames
    )


def outputs_of_part(part: Part, names: Labels) -> Outputs:
    """What is made of a sound part in memory, and of it beside another annotation, labels named back."""
    statistics, other = part_statistics(part), _other_annotation(part)
    found = {view.name: view.rows(part).write_ndjson() for view in VIEWS.values()}
    found["counts"] = repr([statistics.by_label(part.scheme, *labelled) for labelled in ALL_LAYERS.labelled])
    found["tasks"] = json.dumps([*part_tasks(part)])
    found["agreement"] = "\n".join(map(repr, agreement(part, other)))
    found["disagreements"] = "\n".join(each.what for each in disagreements(part, other))
    named = {name: named_back(text, names) for name, text in found.items()}
    return named | {"findings": findings_of_part(part, names)}


def findings_of_part(part: Part, names: Labels) -> str:
    """What the rules find in a part in memory, labels named back."""
    return named_back("\n".join(f"{rule.id} {hit}" for rule, hit in part_hits(part)), names)


def _other_annotation(part: Part) -> Part:
    """The part with every second label the following one of the scheme, as somebody else might annotate it."""
    frames = dict(part.frames)
    for layer in frames:
        for column in LAYERS[layer].columns:
            if column.vocabulary:
                names = part.scheme.names(column.vocabulary)
                following = pl.col(column.name).replace(dict(zip(names, (*names[1:], names[0]), strict=True)))
                every_second = pl.int_range(pl.len()) % 2 == 1
                frames[layer] = frames[layer].with_columns(
                    pl.when(every_second).then(following).otherwise(column.name).alias(column.name)
                )
    return replace(part, frames=frames)
