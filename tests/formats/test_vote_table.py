"""Tables of votes: annotators' votes become passes, an aggregate a stance of the corpus, and both come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import PROJECT
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE
from stancebank.views.stance_votes import stance_votes

Cli = Callable[..., CompletedProcess[str]]
WIDE = (
    "\tround\tsentence\tworker_0\tworker_1\tagree\tguid\n"
    "0\t1\tThe climate changes, and we pay.\tagrees\tdisagrees\t0.5\t1_0\n"
    '1\t1\t"""No,"" said she."\tneutral\t\t\t1_1\n'
)
TWEETS = (
    "ID\tTarget\tTweet\tStance\tSentiment\n"
    '7\tHillary Clinton\t"So it goes. @x #SemST\tAGAINST\tneg\n'
    "8\tAtheism\tA b.\tNONE\t\n"
)
LONG = (
    "Worker ID,Instance ID,Target,Tweet,Stance\n"
    "w1,5,Atheism,It is so.,FAVOR\nw2,5,Atheism,It is so.,NONE\nw1,5,God,It is so.,AGAINST\n"
)
MAP = """spans:
  agrees: stances favor
  disagrees: stances against
  FAVOR: stances favor
  AGAINST: stances against
  NONE: leave out
"""


@pytest.fixture
def take(cli: Cli, tmp_path: Path) -> Callable[..., tuple[Corpus, str]]:
    """Imports a table into a corpus of its own, which it gives with what was printed."""
    make_corpus(tmp_path / "corpus", PROJECT / SCHEME_FILE)
    (tmp_path / "map.yaml").write_text(MAP, "utf-8")

    def run(content: str, name: str, *options: object) -> tuple[Corpus, str]:
        (tmp_path / name).write_text(content, "utf-8")
        arguments = ("--format", "votes", "--labels", "map.yaml", "--root", "corpus", "--language", "en", *options)
        done = cli("import", name, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        corpus = read_corpus(tmp_path / "corpus").sound()
        assert [each for each in check_corpus(corpus) if each.severity == "error"] == []
        return corpus, done.stdout

    return run


def stances(corpus: Corpus, annotator: str | None = None) -> list[tuple[str, str, str]]:
    return corpus.sound_part("imported", annotator)["stances"].select("doc_id", "target", "label").rows()


def test_votes_in_columns_become_passes(take: Callable[..., tuple[Corpus, str]]) -> None:
    corpus, told = take(WIDE, "w.tsv", "--target", "climate")
    assert stances(corpus) == []
    assert stances(corpus, "worker_0") == [("1_0", "climate", "favor"), ("1_1", "climate", "neutral")]
    assert stances(corpus, "worker_1") == [("1_0", "climate", "against")]
    texts = corpus.sound_part("imported")["documents"]["text"].to_list()
    assert texts == ["The climate changes, and we pay.", '"No," said she.']
    assert '1 attributes: the column "agree" has no place' in told
    assert "stances.basis 3" in told
    assert corpus.sound_part("imported", "worker_1")["progress"]["doc_id"].to_list() == ["1_0"]


def test_an_aggregate_becomes_the_stance_of_the_corpus(take: Callable[..., tuple[Corpus, str]]) -> None:
    corpus, _ = take(TWEETS, "t.tsv")
    assert stances(corpus) == [("7", "Hillary-Clinton", "against")]
    assert corpus.targets.select("target_id", "proposition").rows() == [
        *[("Hillary-Clinton", "Hillary Clinton")],
    ]
    part = corpus.sound_part("imported")
    assert part["stances"]["text"].to_list() == ['"So it goes. @x #SemST']
    assert part["progress"]["doc_id"].to_list() == ["7", "8"]


def test_votes_on_lines_of_their_own_become_passes(take: Callable[..., tuple[Corpus, str]]) -> None:
    corpus, _ = take(LONG, "l.csv")
    assert stances(corpus, "w1") == [("5", "Atheism", "favor"), ("5", "God", "against")]
    assert stances(corpus, "w2") == []
    assert corpus.sound_part("imported", "w2")["progress"]["state"].to_list() == ["done"]


@pytest.mark.parametrize(("content", "options"), [(WIDE, ("--target", "climate")), (TWEETS, ()), (LONG, ())])
def test_votes_come_back_equal(
    content: str, options: tuple[str, ...], take: Callable[..., tuple[Corpus, str]], cli: Cli, tmp_path: Path
) -> None:
    corpus, _ = take(content, "x.tsv", *options)
    assert cli("export", "--format", "votes", "--out", "out", "--root", "corpus").returncode == 0
    make_corpus(tmp_path / "back", PROJECT / SCHEME_FILE)
    done = cli("import", "out", "--format", "votes", "--root", "back", "--language", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    back = read_corpus(tmp_path / "back").sound()
    there = {row["doc_id"] for row in stance_votes(corpus.sound_part("imported")).iter_rows(named=True)}
    assert (
        stance_votes(back.sound_part("imported")).to_dicts() == stance_votes(corpus.sound_part("imported")).to_dicts()
    )
    assert set(back.sound_part("imported")["documents"]["doc_id"]) == there


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (WIDE, (), "name the target with --target ID"),
        (WIDE, ("--target", "c", "--labels", "add"), "cannot be added"),
        ("text,stance,target\n ,favor,x\n", (), "w.csv:2: refused: the text is empty"),
        ("text,stance,target\na b,favor,\n", (), "w.csv:2: refused: there is no target"),
        ("text,stance,target\na,b,c,d\n", (), "is no table"),
        ("text,words\na,b\n", (), "no column"),
        ("id,text,stance,target\n1,a b,favor,x\n1,c d,favor,y\n", (), 'its text is not that of "1" at w.csv:2'),
        ("", (), "is no table"),
        ("text,stance,target\na b,pro,x\n", (), 'span "pro" (1)'),
    ],
)
def test_what_is_no_table_of_votes_is_told(
    content: str, options: tuple[str, ...], message: str, cli: Cli, tmp_path: Path
) -> None:
    make_corpus(tmp_path / "corpus", PROJECT / SCHEME_FILE)
    (tmp_path / "w.csv").write_text(content, "utf-8")
    done = cli("import", "w.csv", "--format", "votes", "--root", "corpus", *options)
    assert done.returncode == 2
    assert message in done.stdout + done.stderr
    assert not (tmp_path / "corpus/corpus/imported").exists()


def test_a_table_of_votes_is_recognised(cli: Cli, tmp_path: Path) -> None:
    make_corpus(tmp_path / "corpus", PROJECT / SCHEME_FILE)
    (tmp_path / "w.tsv").write_text(WIDE, "utf-8")
    assert "looks like votes" in cli("import", "w.tsv", "--format", "iob", "--root", "corpus").stderr
