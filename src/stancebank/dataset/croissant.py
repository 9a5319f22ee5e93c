"""Croissant 1.1 metadata: croissant.json, by which other tools find, load and judge the dataset.

Croissant and its vocabulary for responsible AI (RAI 1.0) are specifications of
MLCommons. What the corpus has no word on is left out, also where the specification
wants it: the address and the date of publication, unless CITATION.cff has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson

from stancebank.corpus.citation import Citation
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.dataset.bibtex import bibtex
from stancebank.dataset.data_statement import responsible_ai
from stancebank.dataset.label_lists import LabelList, label_lists, list_of
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.terms import CLEARED, licence_address
from stancebank.editions.edition import FULL, Edition
from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import Layers
from stancebank.views.registry import View, views_of

CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
PARQUET = "application/x-parquet"
SPLITS = "splits"
"""The id of the record set that lists the splits."""
LABELS = "labels/"
"""How the ids of record sets begin that list labels; all others are named like their views."""
_SPLIT = f"{SPLITS}/name"

# The context that the specification recommends (appendix 1), with the prefix of RAI.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(
    corpus: Corpus, manifest: Manifest, statistics: Statistics, citation: Citation, edition: Edition = FULL
) -> bytes:
    """The metadata as JSON-LD; every file is named by its path from the dataset's folder.

    edition: what is shown of the texts; corpus is the corpus as it shows it.
    """
    settings = corpus.settings
    released = citation.date_released if citation.version == settings.version else None
    content: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": settings.title,
        "description": _line(settings.description),
        "conformsTo": list(CONFORMS_TO),
        "version": settings.version,
        "license": list(_licences(corpus, manifest)),
        "citeAs": bibtex(settings, citation),
        "isLiveDataset": False,
        "inLanguage": sorted(statistics.languages),
    }
    if citation.authors:
        content["creator"] = [
            {"@type": "sc:Person" if author.is_person else "sc:Organization", "name": author.full_name}
            for author in citation.authors
        ]
    if citation.url:
        content["url"] = citation.url
    if released:
        content["datePublished"] = str(released)
    content |= responsible_ai(corpus, manifest, statistics)
    content["distribution"] = [*_files(manifest), *(_file_set(view) for view in manifest.views)]
    views = views_of(corpus.scheme)
    shown = [edition.view(views[view]) for view in manifest.views]
    lists = label_lists(shown, corpus.scheme)
    content["recordSet"] = [
        _splits(manifest),
        *map(_label_set, lists),
        *(_record_set(view, corpus.layers, lists, corpus.scheme) for view in shown),
    ]
    return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"


def unread_columns(columns: Iterable[Column]) -> list[str]:
    """The columns that no field describes: those that hold records in a list in a list, by their path.

    mlcroissant (to 1.1.1 at least) takes one value out of each item of a list, and so
    cannot read what lies two lists deep.
    """
    found = []
    for column in columns:
        depth, kind = _unwrapped(column.kind)
        if isinstance(kind, Record):
            inner = [c.name for c in kind.columns if isinstance(_unwrapped(c.kind)[1], Record)]
            found += [column.name] if depth > 1 else [f"{column.name}.{name}" for name in inner]
    return found


def _licences(corpus: Corpus, manifest: Manifest) -> Iterator[dict[str, str]]:
    terms = corpus.settings.annotation_license
    yield _work(terms, "The terms of the annotations.", terms)
    for key, redistribution in manifest.redistribution.items():
        statement = _line(corpus.seeds.rights[key].statement)
        cleared = CLEARED[redistribution].strip("*")
        yield _work(key, f"The rights in texts. {statement} Texts under this key: {cleared}.", statement)


def _work(name: str, description: str, terms: str) -> dict[str, str]:
    address = licence_address(terms)
    return {"@type": "sc:CreativeWork", "name": name, "description": description} | (
        {"url": address} if address else {}
    )


def _files(manifest: Manifest) -> Iterator[dict[str, Any]]:
    for shard in manifest.shards:
        yield {
            "@type": "cr:FileObject",
            "@id": quote(shard.path),
            "name": shard.path.rpartition("/")[2],
            "contentUrl": shard.path,
            "contentSize": f"{shard.bytes} B",
            "encodingFormat": PARQUET,
            "sha256": shard.sha256,
        }


def _file_set(view: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{view}-files",
        "name": f"{view}-files",
        "description": f"The shards of {view}.",
        "encodingFormat": PARQUET,
        "includes": f"data/{view}/*.parquet",
    }


def _splits(manifest: Manifest) -> dict[str, Any]:
    splits = dict.fromkeys(shard.split for shard in manifest.shards)
    return {
        "@type": "cr:RecordSet",
        "@id": SPLITS,
        "name": SPLITS,
        "dataType": "cr:Split",
        "key": {"@id": _SPLIT},
        "field": [
            {
                "@type": "cr:Field",
                "@id": _SPLIT,
                "name": "name",
                "description": "The split's name.",
                "dataType": "sc:Text",
            }
        ],
        "data": [{_SPLIT: split} for split in splits],
    }


def _label_set(labels: LabelList) -> dict[str, Any]:
    """The labels of a list as an enumeration: the code of each, its name and its definition."""
    identifier = f"{LABELS}{labels.name}"
    meanings = {
        "code": "Its place in the list, which task views store.",
        "name": "The label.",
        "definition": "What it means.",
    }
    kinds = {"code": "sc:Integer"}
    return {
        "@type": "cr:RecordSet",
        "@id": identifier,
        "name": identifier,
        "description": f"The labels of {', '.join(labels.columns)}.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{identifier}/name"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{identifier}/{name}",
                "name": name,
                "description": meaning,
                "dataType": kinds.get(name, "sc:Text"),
            }
            for name, meaning in meanings.items()
        ],
        "data": [
            {
                f"{identifier}/code": code,
                f"{identifier}/name": label,
                f"{identifier}/definition": labels.definitions.get(label, ""),
            }
            for code, label in enumerate(labels.labels)
        ],
    }


def _record_set(view: View, layers: Layers, lists: list[LabelList], scheme: Scheme) -> dict[str, Any]:
    unread = unread_columns(view.columns)
    left_out = f" Not described here, since it lies two lists deep: {', '.join(unread)}." if unread else ""
    source = {"fileSet": {"@id": f"{view.name}-files"}}
    # Without a reference to the list of splits: with one, mlcroissant (1.1.1) joins the two in memory in place of
    # streaming, and gives no records when they are asked for a second time.
    split = {
        "@type": "cr:Field",
        "@id": f"{view.name}/split",
        "name": "split",
        "description": "The split that the row is in, by its file's name.",
        "dataType": "sc:Text",
        "source": source | {"extract": {"fileProperty": "filename"}, "transform": {"regex": r"^(\w+)-.*\.parquet$"}},
    }
    record_set: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": view.name,
        "name": view.name,
        "description": f"{view.meaning}{left_out}",
    }
    if view.name in layers:
        keys = dict.fromkeys(c for c in ("doc_id", layers[view.name].id_column) if c in layers[view.name].names)
        record_set["key"] = [{"@id": f"{view.name}/{key}"} for key in keys]

    def told(column: Column) -> Column:
        """The column with the list of its labels in its description.

        No reference, for the same reason that split has none.
        """
        found = list_of(column, lists, scheme)
        if found is None:
            return column
        code = "Code" if isinstance(_unwrapped(column.kind)[1], Category) else "Name"
        return replace(column, meaning=f"{column.meaning} {code} of a label of {LABELS}{found.name}.")

    fields = (_field(view.name, column, source, told) for column in view.columns if column.name not in unread)
    return record_set | {"field": [split, *fields]}


def _field(view: str, column: Column, source: dict[str, Any], told: Callable[[Column], Column]) -> dict[str, Any]:
    depth, kind = _unwrapped(column.kind)
    field = _described(f"{view}/{column.name}", told(column), depth)
    of_column = source | {"extract": {"column": column.name}}
    if not isinstance(kind, Record):
        return field | {"dataType": _data_type(kind), "source": of_column}
    field["subField"] = [
        _described(f"{view}/{column.name}/{inner.name}", told(inner), _unwrapped(inner.kind)[0])
        | {"dataType": _data_type(_unwrapped(inner.kind)[1]), "source": _item(of_column, inner.name)}
        for inner in kind.columns
        if not isinstance(_unwrapped(inner.kind)[1], Record)
    ]
    return field


def _item(source: dict[str, Any], name: str) -> dict[str, Any]:
    return source | {"transform": {"jsonPath": name}}


def _described(identifier: str, column: Column, depth: int) -> dict[str, Any]:
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": identifier,
        "name": column.name,
        "description": column.meaning,
    }
    if depth:
        field["isArray"] = True
    if depth > 1:
        field["arrayShape"] = ",".join(["-1"] * depth)
    return field


def _unwrapped(kind: Kind) -> tuple[int, Kind]:
    """How many lists lie around a kind, and what they hold."""
    depth = 0
    while isinstance(kind, ListOf):
        depth, kind = depth + 1, kind.item
    return depth, kind


def _data_type(kind: Kind) -> str:
    if isinstance(kind, Category):
        return "sc:Integer"
    return {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean"}.get(str(kind), "sc:Text")


def _line(text: str) -> str:
    return " ".join(text.split())
