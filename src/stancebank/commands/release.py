"""Release the version of the corpus that corpus.yaml declares.

The corpus is validated strictly and compared with the last release. Then one commit
writes the entry in CHANGELOG.md, version and day in CITATION.cff, what has drifted of
the generated files, and a digest of each record in corpus/releases/VERSION.json; the
commit gets the tag vVERSION. Nothing is pushed. Where anything fails, files, branch
and tags stay as they were.

Exit codes: 0 released, or with --dry-run could be; 1 strict validation has findings,
which are reported; 2 the version is too small a step or exists already, the
repository is not ready, no corpus there, or wrong usage; 3 an error in StanceBank
itself.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def release(
    root: LocalRoot = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> None:
    """Make the release, or say what it would be."""
    import datetime

    from stancebank.checks.reporters import Tally, report_text
    from stancebank.corpus import find_root
    from stancebank.git import Repository
    from stancebank.release.commit import publish, undo_killed_release
    from stancebank.release.plan import UnsoundCorpusError, plan_release

    place = find_root(root).resolve()
    repository = Repository(place)
    if not dry_run and repository.is_there:
        for file in undo_killed_release(repository):
            say(f"put back {file}, which a release that was killed had written", err=True)
    try:
        plan = plan_release(place, datetime.datetime.now(datetime.UTC).date())
    except UnsoundCorpusError as error:
        for block in report_text(Tally(error.findings)):
            say(block, err=True)
        raise
    since = f"after {plan.last}, version step {plan.step.name}" if plan.last else "the first release"
    say(f"{plan.name} {plan.version}: {since}")
    if dry_run:
        for file in plan.files:
            say(f"would write {file}")
        say(f"would commit them to {plan.branch} and tag that {plan.version.tag}")
        say(f"the entry in CHANGELOG.md:\n\n{plan.entry.rstrip()}")
        return
    made = publish(repository, plan.files, str(plan.version), plan.name)
    for file in plan.files:
        say(f"wrote {file}")
    say(f"committed {made.commit[:12]} to {plan.branch} and tagged it {plan.version.tag}")
    say(f"nothing is pushed; next: git push origin {plan.branch} {plan.version.tag}")
