"""Building the dataset: checked parts to views, shards, card and manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from stancebank.build.card import dataset_card
from stancebank.build.manifest import CARD_FILE, MANIFEST_FILE, Manifest, is_build
from stancebank.build.shards import Shard, write_shards
from stancebank.checks.findings import Finding
from stancebank.checks.validation import check_corpus
from stancebank.corpus import Corpus, require_readable
from stancebank.datasheet import DATASHEET
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.files import new_folder, read_inside
from stancebank.seeds import sha256
from stancebank.statistics import Statistics, part_statistics
from stancebank.tokens import tokens_available
from stancebank.views.registry import VIEWS, View


class InvalidCorpusError(StanceBankError):
    """The corpus has errors, which stand in findings; nothing was built."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        first = errors[0]
        count = "an error" if len(errors) == 1 else f"{len(errors):,} errors"
        what = f"the corpus has {count}; nothing was built; the first: {printable(first.file)}"
        what += f":{first.line}: {first.what}" if first.line else f": {first.what}"
        super().__init__(what, "correct what stancebank validate finds")
        self.findings = tuple(findings)


def available_views() -> tuple[View, ...]:
    """The views that this installation can build: all, or without the extra tokens all but the token views."""
    return tuple(view for view in VIEWS.values() if tokens_available() or not view.needs_tokens)


def chosen_views(names: Sequence[str] | None) -> tuple[View, ...]:
    """The views of these names in their usual order, all views without names.

    Raises StanceBankError for an unknown name and for a token view without the extra tokens.
    """
    unknown = [name for name in names or () if name not in VIEWS]
    if unknown:
        raise StanceBankError(
            f"there is no view {excerpt(unknown[0])}; there are {', '.join(VIEWS)}", "name one of them"
        )
    views = tuple(view for view in VIEWS.values() if not names or view.name in names)
    missing = [view.name for view in views if view not in available_views()]
    if missing:
        what = f"spaCy is needed for {', '.join(missing)}, and is not installed"
        raise StanceBankError(what, "pip install 'stancebank[tokens]', or name other views with --view")
    return views


def build(corpus: Corpus, folder: Path, views: Sequence[View]) -> Manifest:
    """Check the corpus and build the views into the folder, which is replaced as a whole.

    Raises InvalidCorpusError with the findings where the corpus has errors, and
    StanceBankError where the folder cannot be written or holds something else.
    In both cases the folder is as it was.
    """
    findings = list(check_corpus(corpus))
    if any(finding.severity == "error" for finding in findings):
        raise InvalidCorpusError(findings)
    assert corpus.settings is not None
    assert corpus.scheme is not None
    assert corpus.seeds is not None
    assert corpus.targets is not None
    if any(character in str(folder.resolve()) for character in "[]*?"):
        what = f"load_dataset finds no files in {printable(str(folder))}, whose path has one of [ ] * ?"
        raise StanceBankError(what, "name a folder without them")
    datasheet, fault = read_inside(corpus.root, DATASHEET)
    require_readable([fault] if fault and fault.kind != "missing" else [])
    with new_folder(folder, is_build) as beside:
        shards: list[Shard] = []
        statistics = Statistics(Counter(targets=corpus.targets.height))
        rights: set[str] = set()
        for name in corpus.part_names:
            part = corpus.read_part(name)
            (split,) = corpus.settings.splits_of(name)
            seen = {(shard.view, shard.split) for shard in shards}
            due = [view for view in views if view.by_part or (view.name, split) not in seen]
            shards += write_shards(part, split, due, beside)
            statistics += part_statistics(part)
            rights.update(part["documents"]["rights"])
        order = {view.name: index for index, view in enumerate(views)}
        splits = list(corpus.settings.splits)
        shards.sort(key=lambda shard: (order[shard.view], splits.index(shard.split)))
        manifest = Manifest(
            corpus.settings.name,
            corpus.settings.version,
            corpus.scheme.version,
            f"stancebank {version('stancebank')}",
            {key: corpus.seeds.rights[key].redistribution for key in sorted(rights)},
            tuple(shards),
            None if datasheet is None else sha256(datasheet),
        )
        card = dataset_card(corpus, manifest, statistics, _tokeniser(views))
        (beside / CARD_FILE).write_bytes(card.encode())
        if datasheet is not None:
            (beside / DATASHEET).write_bytes(datasheet)
        (beside / MANIFEST_FILE).write_bytes(manifest.to_json())
    return manifest


def _tokeniser(views: Sequence[View]) -> str:
    if any(view.needs_tokens for view in views):
        spacy = f"spaCy {version('spacy')}"
        return (
            f"Tokens are those of {spacy}'s blank tokeniser for the language, or of its neutral one where it has none."
        )
    return "The token views were left out of this build."
