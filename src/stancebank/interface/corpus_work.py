"""What commands do with a corpus as a whole, as methods of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stancebank.checks.findings import Finding
from stancebank.checks.selection import chosen_rules
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError, counted
from stancebank.storage.addresses import address, require_local
from stancebank.storage.journal import changing

if TYPE_CHECKING:
    from stancebank.agreement.annotation_comparison import Comparison
    from stancebank.agreement.breakdowns import By
    from stancebank.compare.differences import Diff
    from stancebank.dataset.manifest import Manifest
    from stancebank.editions.edition import EditionName
    from stancebank.formats.corpus_import import ImportOutcome
    from stancebank.formats.ledger import Ledger
    from stancebank.formats.preannotation.model_pass import PreAnnotation
    from stancebank.interface.corpus_state import CorpusState


class CorpusWork:
    """A corpus that is validated, compared, adjudicated and built."""

    _whole: CorpusState

    def validate(self, select: Sequence[str] | None = None, ignore: Sequence[str] | None = None) -> list[Finding]:
        """The findings in the corpus with all its changes, as stancebank validate reports them.

        select, ignore: rules by id or prefix, in place of those of corpus.yaml. Raises StanceBankError for one
        that is none.
        """
        corpus = self._whole.unsaved_corpus()
        return [*check_corpus(corpus, chosen_rules(corpus, select, ignore))]

    def agree(self, *names: str, layers: Sequence[str] | None = None, by: By | None = None) -> Comparison:
        """Annotations side by side, as stancebank agree shows them; changes that are not saved count.

        names: gold, ids of annotators, roots of other corpora; two or more. by: measure each label or document.
        Raises StanceBankError where they cannot be compared.
        """
        from stancebank.agreement.annotation_comparison import compare

        return compare(self._whole.unsaved_corpus(), names, layers, by)

    def diff(self, a: str, b: str) -> Diff:
        """What differs between two states, as stancebank diff shows it: paths, or revisions of the repository.

        Raises StanceBankError for what is no state of a corpus.
        """
        from stancebank.compare.release_digests import compare_states
        from stancebank.compare.sides import read_side

        return compare_states(read_side(a, self._whole.corpus.root), read_side(b, self._whole.corpus.root))

    def adjudicate(self, *passes: str, replace: bool = False) -> list[str]:
        """Write the gold that passes and the decisions on them give, as stancebank adjudicate does; gives the files.

        replace: overwrite gold that was edited since. Raises StanceBankError where changes are not saved, where
        disagreements are undecided, and where gold was edited; nothing is written then.
        """
        from stancebank.agreement import adjudication
        from stancebank.agreement.annotation import require_passes
        from stancebank.agreement.decisions import read_decisions
        from stancebank.agreement.gold_writing import plan_gold, write_gold

        require_local(self._whole.corpus.root)
        self._require_saved()
        with changing(self._whole.corpus.root):
            corpus = read_corpus(self._whole.corpus.root).sound()
            require_passes(corpus, passes)
            results = [*adjudication.adjudicate(corpus, passes, read_decisions(corpus.root))]
            undecided = sum(len(result.open) for result in results)
            if undecided:
                what = f"{counted(undecided, 'disagreement')} without a decision; nothing was written"
                raise StanceBankError(what, "decide on what stancebank adjudicate lists (docs/adjudication.md)")
            gold = plan_gold(corpus, results)
            if gold.edited and not replace:
                what = (
                    f"{counted(len(gold.edited), 'document')} edited since the last adjudication; nothing was written"
                )
                raise StanceBankError(what, "put the edits into the decisions, or overwrite them with replace=True")
            files = write_gold(corpus, gold)
        self._whole.reload()
        return files

    def build(
        self,
        out: Path | str,
        views: Sequence[str] | None = None,
        *,
        edition: EditionName = "full",
        unfinished: bool = False,
        fresh: bool = False,
    ) -> Manifest:
        """Build the dataset into a folder or to an address, as stancebank build does; gives its manifest.

        views: their names; all that can be built without. unfinished: task views show documents that are not
        done too. fresh: take nothing from earlier builds. Raises UnsoundCorpusError with the findings where the
        corpus has errors, and StanceBankError where changes are not saved or the folder cannot be written.
        """
        from stancebank.dataset.building import available_views, build, chosen_views

        self._require_saved()
        corpus = read_corpus(self._whole.corpus.root)
        folder = address(out) if isinstance(out, str) else out
        chosen = chosen_views(views, corpus.scheme) if views else available_views(corpus.scheme)
        return build(corpus, folder, chosen, edition=edition, unfinished=unfinished, fresh=fresh)

    def import_files(
        self,
        *paths: Path | str,
        format: str,
        labels: Path | str | None = None,
        text: Path | str | None = None,
        annotator: str | None = None,
        part: str | None = None,
        date: str | None = None,
        offsets: Sequence[str] = (),
        reanchor: bool = False,
        target: str | None = None,
        skip_refused: bool = False,
        dry_run: bool = False,
    ) -> ImportOutcome:
        """Import files of another tool, as stancebank import does, and write them; gives what became of everything.

        labels: a map, or add. text: where the texts are, if elsewhere. annotator: the pass to make; the corpus's own
        annotations without. offsets: what they count, where the files do not tell. reanchor: move spans whose offsets
        do not fit to their words. target: of stances that name none.
        Raises StanceBankError where changes are not saved, for labels that nothing tells of, and where writing fails.
        """
        from stancebank.corpus.new_documents import Defaults
        from stancebank.formats.corpus_import import import_foreign
        from stancebank.formats.foreign_import import Choices
        from stancebank.formats.given_files import Given
        from stancebank.interface.new_records import today
        from stancebank.pages.generated import scheme_files

        root = self._whole.corpus.root
        require_local(root)
        self._require_saved()
        given = Given(tuple(map(Path, paths)), None if text is None else Path(text), target=target)
        choices = Choices(annotator, Defaults(part, date), tuple(offsets), skip_refused=skip_refused, reanchor=reanchor)
        with changing(root):
            outcome = import_foreign(
                root, given, format, choices, day=today(), labels=labels, follow=scheme_files, dry_run=dry_run
            )
        if not dry_run:
            self._whole.reload()
        return outcome

    def preannotate(
        self, model: str, annotator: str, *, labels: Path | str | None = None, dry_run: bool = False
    ) -> PreAnnotation:
        """Have a model annotate the documents that its pass has not, as stancebank preannotate does; write the pass.

        model: a package or a folder of spaCy, or gazetteer. annotator: the id of the pass. labels: a map, or add.
        Raises StanceBankError where changes are not saved, where the model cannot be loaded, fails or finds nothing,
        and for labels that nothing tells of.
        """
        from stancebank.formats.preannotation.model_pass import preannotate
        from stancebank.interface.new_records import today
        from stancebank.pages.generated import scheme_files

        root = self._whole.corpus.root
        require_local(root)
        self._require_saved()
        map_of = None if labels is None else str(labels)
        with changing(root):
            found = preannotate(
                root, model, annotator, day=today(), labels=map_of, follow=scheme_files, dry_run=dry_run
            )
        if not dry_run:
            self._whole.reload()
        return found

    def export_files(
        self,
        out: Path | str,
        format: str,
        *,
        documents: Sequence[str] = (),
        parts: Sequence[str] = (),
        annotator: str | None = None,
        dialect: str | None = None,
        strict: bool = False,
    ) -> Ledger:
        """Write documents in the format of another tool, as stancebank export does; gives what was held and left out.

        out: a folder. annotator: whose pass; the corpus's own annotations without. Raises StanceBankError where
        changes are not saved, with strict where something would be left out, and where writing fails.
        """
        from stancebank.formats.corpus_export import export_foreign

        self._require_saved()
        root, folder = self._whole.corpus.root, Path(out)
        return export_foreign(
            root,
            format,
            folder,
            documents=documents,
            parts=parts,
            annotator=annotator,
            dialect=dialect,
            strict=strict,
        )

    def _require_saved(self) -> None:
        if self._whole.changes():
            raise StanceBankError("the corpus has changes that are not saved", "save() them first")
