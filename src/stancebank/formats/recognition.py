"""Which format a file looks like, by its name and its first lines."""

from __future__ import annotations

import re
from pathlib import Path

WEBANNO = "webanno"
USE_CAS = "export the project from INCEpTION as UIMA CAS (XMI or JSON)"
"""What helps where files are of WebAnno TSV."""
_HEAD = 1 << 16  # bytes that are looked at
_BRAT = re.compile(r"^(?:T\d+\t\S+ \d+ \d+|[ER]\d+\t\S+|[AM]\d+\t\S+ [TER]\d+|#\d+\t\S+ [TERA]\d+)", re.MULTILINE)
_CONLLU = re.compile(
    r"^(?:# (?:newdoc|sent_id|global\.\w+)\b|[0-9]+(?:[-.][0-9]+)?(?:\t[^\t\n]+){9}\r?$)", re.MULTILINE
)
_XMI = "http://www.omg.org/XMI"
_CAS_JSON = re.compile(r'\{\s*"%(?:TYPES|FEATURE_STRUCTURES|VIEWS|HEADER)"')
_TAGGED = re.compile(r"^\S+(?:[ \t]\S+)*[ \t](?:O|[BIES]-\S+)[ \t]*\r?$", re.MULTILINE)


def recognised(path: Path) -> str | None:
    """The name of the format; None where nothing tells."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_HEAD)
    except OSError:
        return None
    if data.startswith(b"DocBin") or path.suffix == ".spacy":
        return "docbin"
    head = data.decode(errors="ignore").removeprefix("\ufeff").lstrip()
    if head.startswith("#FORMAT=WebAnno TSV"):
        return WEBANNO
    if head.startswith("<"):
        return "cas" if _XMI in head else None
    if _CAS_JSON.match(head):
        return "cas"
    if head.startswith(("{", "[")):
        if '"vertexSet"' in head:
            return "docred"
        if '"mentions"' in head and '"concept' in head:
            return "dwie"
        return "jsonl" if head.startswith("{") else None
    if path.suffix in (".csv", ".tsv", ".tab") and _has_votes(head.partition("\n")[0]):
        return "votes"
    if _BRAT.match(head):
        return "brat"
    if path.suffix == ".conllu" or _CONLLU.search(head):
        return "conllu"
    return "iob" if _TAGGED.search(head) or head.startswith("-DOCSTART-") else None


def _has_votes(line: str) -> bool:
    """Whether the first line of a table names a text and votes on it."""
    names = {name.strip(' "\r').casefold() for name in re.split(r"[\t,;]", line)}
    votes = (name for name in names if name in ("stance", "label") or name.startswith(("worker_", "annotator_")))
    return bool(names & {"text", "sentence", "tweet"}) and any(votes)
