"""How a dataset came about, in the terms of W3C PROV: seed, document, passes, adjudication, gold, shard.

The form is PROV-JSON (W3C Member Submission, 2013), which PROV's tools read. It is
worked out from what a manifest says of its parts, part by part and not by document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from stancebank.dataset.origins import CorpusOrigin
from stancebank.dataset.part_building import BuiltPart
from stancebank.dataset.shards import Shard
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.paths import ADJUDICATION_FILE, SCHEME_FILE
from stancebank.storage.files import sha256

PREFIX = "stancebank"
NAMESPACE = "urn:stancebank:"

_AGENTS = {"person": "Person", "language model": "SoftwareAgent", "program": "SoftwareAgent"}


def provenance(
    dataset: Mapping[str, str],
    libraries: Mapping[str, str],
    origin: CorpusOrigin,
    parts: Sequence[BuiltPart],
    shards: Sequence[Shard],
) -> dict[str, Any]:
    """The chain from the seeds to the shards as PROV-JSON.

    dataset: its name, version and edition, the scheme, the format and the software.
    shards: all of them, those that all parts share included.

    Claimed is only what is on record. Gold counts as adjudicated where there are
    decisions on documents of its part, and as derived from the passes where there are
    exactly two, the number that one adjudication takes. Who decided is on no record.
    """
    chain = _Chain()
    chain.entity("dataset", "Collection", {key: dataset[key] for key in ("name", "version", "edition")})
    kind = "sha256" if dataset["edition"] == "full" else "scrypt"
    chain.entity(
        "scheme",
        None,
        {"file": SCHEME_FILE, "name": dataset["scheme"], "format": dataset["format"], kind: origin.scheme},
    )
    for name, digest in origin.shared.items():
        chain.entity(name, None, {"content": digest})
    if origin.adjudication is not None:
        chain.entity("decisions", None, {"file": ADJUDICATION_FILE, kind: origin.adjudication})
    chain.agent("software", "SoftwareAgent", {"version": dataset["software"], **libraries})
    for each in origin.annotators:
        said = {"kind": each.kind, "name": each.name, "date": each.date}
        chain.agent(f"annotator/{_local(each.id)}", _AGENTS[each.kind], said)
    chain.activity("build")
    chain.relate("wasAssociatedWith", activity="build", agent="software")
    for used in ("scheme", *origin.shared):
        chain.relate("used", activity="build", entity=used)
    chain.generated("dataset", "build")
    of_part: dict[str | None, list[Shard]] = {}
    for shard in shards:
        of_part.setdefault(shard.part, []).append(shard)
    for part in parts:
        annotators = {each.id for each in origin.annotators}
        _part(chain, part, annotators, decided=origin.adjudication is not None, kind=kind)
        _shards(chain, f"shards/{_local(part.name)}", (f"gold/{_local(part.name)}",), of_part.get(part.name, ()))
    if None in of_part:
        sources = dict.fromkeys(shard.view for shard in of_part[None] if shard.view in origin.shared)
        _shards(chain, "shards", tuple(sources), of_part[None])
    return chain.document


def _part(chain: _Chain, part: BuiltPart, annotators: set[str], *, decided: bool, kind: str) -> None:
    """kind: of the digest of the seeds."""
    origin, name = part.origin, _local(part.name)
    gold = {layer: digest for layer, digest in origin.layers.items() if KNOWN_LAYERS[layer].in_passes}
    texts = {layer: digest for layer, digest in origin.layers.items() if layer not in gold}
    chain.entity(f"seeds/{name}", "Collection", {kind: origin.seeds})
    chain.activity(f"reading/{name}", {"recipe": list(origin.recipes)})
    chain.relate("used", activity=f"reading/{name}", entity=f"seeds/{name}")
    chain.entity(f"documents/{name}", None, texts)
    chain.generated(f"documents/{name}", f"reading/{name}")
    chain.derived(f"documents/{name}", f"seeds/{name}")
    passes = []
    for annotator, layers in origin.passes.items():
        passes.append(f"pass/{_local(annotator)}/{name}")
        chain.entity(passes[-1], None, layers)
        making = f"annotation/{_local(annotator)}/{name}"
        chain.activity(making)
        chain.relate("used", activity=making, entity=f"documents/{name}")
        chain.generated(passes[-1], making)
        chain.derived(passes[-1], f"documents/{name}")
        if annotator in annotators:
            chain.relate("wasAssociatedWith", activity=making, agent=f"annotator/{_local(annotator)}")
    chain.entity(f"gold/{name}", None, gold)
    chain.derived(f"gold/{name}", f"documents/{name}")
    if decided and part.decisions:
        chain.activity(f"adjudication/{name}", {"decisions": part.decisions})
        chain.relate("used", activity=f"adjudication/{name}", entity="decisions")
        chain.generated(f"gold/{name}", f"adjudication/{name}")
        for each in passes if len(passes) == 2 else ():
            chain.relate("used", activity=f"adjudication/{name}", entity=each)
            chain.derived(f"gold/{name}", each)
    for used in (f"documents/{name}", f"gold/{name}", *passes):
        chain.relate("used", activity="build", entity=used)


def _shards(chain: _Chain, name: str, sources: Iterable[str], shards: Iterable[Shard]) -> None:
    found = list(shards)
    chain.entity(name, "Collection", {"files": len(found), "sha256": _listed(found)})
    chain.generated(name, "build")
    for source in sources:
        chain.derived(name, source)
    chain.relate("hadMember", collection="dataset", entity=name)


def _listed(shards: Iterable[Shard]) -> str:
    """SHA-256 of what the command sha256sum prints for the shards, in the manifest's order."""
    return sha256("".join(f"{shard.sha256}  {shard.path}\n" for shard in shards).encode())


def _local(name: str) -> str:
    """The name of a folder as a part of an identifier."""
    return quote(name, safe="")


class _Chain:
    """A PROV-JSON document as it grows; names are without their prefix."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {"prefix": {PREFIX: NAMESPACE}, "entity": {}, "activity": {}, "agent": {}}
        self._count = 0

    def entity(self, name: str, kind: str | None, said: Mapping[str, Any]) -> None:
        self._add("entity", name, kind, said)

    def activity(self, name: str, said: Mapping[str, Any] | None = None) -> None:
        self._add("activity", name, None, said or {})

    def agent(self, name: str, kind: str, said: Mapping[str, Any]) -> None:
        self._add("agent", name, kind, said)

    def generated(self, entity: str, activity: str) -> None:
        self.relate("wasGeneratedBy", entity=entity, activity=activity)

    def derived(self, entity: str, source: str) -> None:
        self.relate("wasDerivedFrom", generatedEntity=entity, usedEntity=source)

    def relate(self, relation: str, **ends: str) -> None:
        self._count += 1
        named = {f"prov:{role}": f"{PREFIX}:{name}" for role, name in ends.items()}
        self.document.setdefault(relation, {})[f"_:{self._count}"] = named

    def _add(self, to: str, name: str, kind: str | None, said: Mapping[str, Any]) -> None:
        described = {f"{PREFIX}:{key}": value for key, value in said.items()}
        if kind is not None:
            described = {"prov:type": {"$": f"prov:{kind}", "type": "prov:QUALIFIED_NAME"}} | described
        self.document[to][f"{PREFIX}:{name}"] = described
