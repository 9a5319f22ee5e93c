"""CoNLL-U with Entity: what brackets, blanks, ranges and empty nodes mean, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from conftest import PROJECT
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.formats.conllu import read_conllu, write_conllu
from stancebank.formats.foreign_document import Cluster, ForeignDocument, Refused, Span
from stancebank.formats.given_files import Given
from stancebank.formats.ledger import Ledger
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

Cli = Callable[..., CompletedProcess[str]]
GUM = "# global.Entity = GRP-etype-infstat-link-identity\n"


def rows(*words: str) -> str:
    """Lines of words, each as a form with its misc behind a blank; an id is before it where it is no number."""
    lines, number = [], 0
    for word in words:
        *id, form, misc = word.split(" ")
        number += not id
        lines.append("\t".join([id[0] if id else str(number), form, *["_"] * 7, misc]))
    return "\n".join(lines) + "\n\n"


def read(folder: Path, content: str) -> list[Any]:
    (folder / "d.conllu").write_text(content, "utf-8")
    return list(read_conllu(Given((folder,))))


def found(document: ForeignDocument) -> list[tuple[str, str, str]]:
    """The words, type and entity of each mention."""
    entity = {member: each.id for each in document.clusters for member in each.members}
    return [(str(span.quoted), span.label, entity[span.id]) for span in document.spans]


CROSSING = rows("The Entity=(e1-person", "man Entity=(e2-place", "of Entity=e1)", "Rome Entity=e2)")
NESTED = rows("Rome Entity=(e1-place(e2-place(e1-place)", "burnt Entity=e2)", "down Entity=e1)")
GAP = rows(
    "put Entity=(e1[1/2]-event-2", "the Entity=e1[1/2])(e2-object", "fire Entity=e2)", "out Entity=(e1[2/2]-event-2)"
)
OLD_CLOSING = rows("The Entity=(e1--1", "man Entity=e1)")


@pytest.mark.parametrize(
    ("content", "mentions"),
    [
        (CROSSING, [("The man of", "person", "e1"), ("man of Rome", "place", "e2")]),
        (NESTED, [("Rome burnt down", "place", "e1"), ("Rome burnt", "place", "e2"), ("Rome", "place", "e1")]),
        (GAP, [("put the out", "event", "e1"), ("the fire", "object", "e2")]),
        (OLD_CLOSING, [("The man", "Mention", "e1")]),
        (GUM + rows("Rome Entity=(7-place-new-coref-Rome%2DLazio)"), [("Rome", "place", "7")]),
    ],
)
def test_brackets_are_mentions(content: str, mentions: list[tuple[str, str, str]], tmp_path: Path) -> None:
    (document,) = read(tmp_path, content)
    assert sorted(found(document)) == sorted(mentions)


def test_fields_are_read_in_the_order_that_is_declared(tmp_path: Path) -> None:
    (document,) = read(tmp_path, GUM + rows("Rome Entity=(7-place-new-coref-Rome%2DLazio)"))
    values = {each.name: each.value for each in document.attributes}
    assert values == {"infstat": "new", "link": "coref", "identity": "Rome-Lazio"}
    other = rows("Rome Entity=(e1-place-1-gender:f,note:a%2Cb)")
    (document,) = read(tmp_path, other)
    assert {each.name: each.value for each in document.attributes} == {"head": "1", "gender": "f", "note": "a,b"}


def test_the_part_with_the_head_is_the_first_of_a_mention_with_a_gap(tmp_path: Path) -> None:
    (document,) = read(tmp_path, GAP.replace("event-2", "event-3"))
    assert document.spans[0].fragments == ((13, 16), (0, 7))


def test_the_text_is_that_of_comments_blanks_and_paragraphs(tmp_path: Path) -> None:
    content = (
        "# newdoc id = one\n# newpar\n# text = He  said: no.\n"
        + rows("He _", "said SpaceAfter=No", ": _", "no SpaceAfter=No", ". _")
        + "# text = Then?\n"
        + rows("Then SpaceAfter=No", "? _")
        + "# newpar\n"
        + rows("Yes SpacesAfter=\\s\\s", "and SpacesAfter=\\n", "no SpaceAfter=No")
        + rows("! SpaceAfter=No")
        + "# newdoc id = two\n"
        + rows("End _")
    )
    one, two = read(tmp_path, content)
    assert one.text == "He  said: no. Then?\n\nYes  and\nno!"
    assert [one.text[start:end] for start, end in one.sentences] == ["He  said: no.", "Then?", "Yes  and\nno", "!"]
    assert (two.id, two.text, two.made_text, one.made_text) == ("two", "End", True, False)


def test_words_of_one_token_have_their_places_where_they_are_its_parts(tmp_path: Path) -> None:
    content = rows("1-2 don't _", "do _", "n't Entity=(e1)", "3-4 zum _", "zu _", "dem Entity=(e2", "Haus Entity=e2)")
    (document,) = read(tmp_path, content)
    assert found(document) == [("n't", "Mention", "e1"), ("zum Haus", "Mention", "e2")]
    assert +document.notices == {"span-widened": 1, "one-document-per-file": 1}


def test_empty_nodes_and_what_they_carry_are_counted(tmp_path: Path) -> None:
    content = rows("He Entity=(e1", "1.1 _ Entity=e1)(e2)", "left Bridge=e2<e1:part,e2<e3|SplitAnte=e1<e4")
    (document,) = read(tmp_path, content)
    assert found(document) == [("He", "Mention", "e1")]
    assert document.notices["empty-nodes-left-out"] == 1
    assert dict(document.counts()) == {
        **{"spans": 2, "links": 3, "events": 0, "clusters": 1, "attributes": 0, "notes": 0},
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (rows("a Entity=(e1"), 'd.conllu:1: "e1" is never closed'),
        (rows("a Entity=e1)"), 'd.conllu:1: "e1" is closed and was not open'),
        (rows("a Entity=(e1[2/2])"), "no part before it"),
        (rows("a Entity=(e1[1/2])"), "1 of 2 parts"),
        (rows("a Entity=(e1-a-b-c-d-e)"), "6 fields"),
        (rows("a Entity=e1"), "no row of brackets"),
        (rows("a Entity=()"), "no row of brackets"),
        ("# global.Entity = etype-head\n" + rows("a Entity=(x-1)"), "declares no eid"),
        ("# global.Entity = etype-eid\n" + rows("a Entity=(x)"), "names no entity"),
        (rows("1-2 ab Entity=(e1)", "a _", "b _"), "Entity at a range of words"),
        (rows("1-2 ab _"), "no sentence of CoNLL-U"),
        ("nonsense\n", "no sentence of CoNLL-U"),
        ("1\ta\n", "no sentence of CoNLL-U"),
        ("x\ta\t_\t_\t_\t_\t_\t_\t_\t_\n", "no sentence of CoNLL-U"),
        ("_\ta\t_\t_\t_\t_\t_\t_\t_\t_\n", "no sentence of CoNLL-U"),
        ("# sent_id = 1\n\n", "no sentence of CoNLL-U"),
        ("# text = b\n" + rows("a _"), 'd.conllu:2: the token "a" is not next'),
        ("# text = a b\n" + rows("a _"), 'goes on with "b"'),
        ("# stancebank = [1]\n" + rows("a _"), "no JSON object"),
        ("# stancebank = {\n" + rows("a _"), "no JSON object"),
    ],
)
def test_what_is_not_conll_u_is_refused_with_its_line(content: str, message: str, tmp_path: Path) -> None:
    sound = "# newdoc id = sound\n" + rows("Rome Entity=(e1-place)")
    refused, document = read(tmp_path, content.rstrip("\n") + "\n\n" + sound)
    assert isinstance(refused, Refused)
    assert message in refused.what
    assert document.id == "sound"


def test_parts_of_a_mention_are_written_as_such(tmp_path: Path) -> None:
    document = ForeignDocument("d", "d", "d", "put it out", tokens=[[(0, 3), (4, 6), (7, 10)]])
    document.spans = [Span("m", "a-b", ((0, 3), (7, 10))), Span("n", "it", ((4, 6),))]
    document.clusters = [Cluster("e-1", ("m", "n"))]
    ((_, data),) = write_conllu([document], Ledger())
    assert b"Entity=(e%2D1[1/2]-a%2Db-id:m)\n" in data
    (back,) = read(tmp_path, data.decode())
    assert sorted(span[:3] for span in back.spans) == [("m", "a-b", ((0, 3), (7, 10))), ("n", "it", ((4, 6),))]
    assert back.clusters[0].members == ("m", "n")


def test_labels_are_added_and_types_taken_whatever_their_case(cli: Cli, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    make_corpus(root, PROJECT / SCHEME_FILE)
    (tmp_path / "d.conllu").write_text(
        GUM
        + "# text = A man in Rome.\n"
        + rows(
            "A Entity=(1-person-new-coref",
            "man Entity=1)",
            "in _",
            "Rome Entity=(2-place-new-sgl)|SpaceAfter=No",
            ". _",
        ),
        "utf-8",
    )
    done = cli("import", tmp_path / "d.conllu", "--format", "conllu", "--root", root, "--labels", "add")
    assert done.returncode == 0, done.stderr
    corpus = read_corpus(root).sound()
    part = corpus.sound_part("imported")
    assert part["entities"].select("entity_id", "type", "name").rows() == [
        ("1", "PERSON", "A man"),
        ("2", "place", "Rome"),
    ]
    assert 'the label "person" (1) is taken for PERSON' in done.stdout
    assert '2 attributes: no layer has a column "infstat"' in done.stdout
    assert [each for each in check_corpus(corpus) if each.severity == "error"] == []
    other = cli("import", tmp_path / "d.conllu", "--format", "iob", "--root", root)
    assert "looks like conllu" in other.stderr


def test_fields_that_the_scheme_has_are_kept_and_given_back(cli: Cli, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    make_corpus(root, PROJECT / SCHEME_FILE)
    scheme = root / SCHEME_FILE
    field = "fields:\n  - {layer: mentions, name: infstat, kind: text, meaning: How known it is.}\n"
    scheme.write_text(scheme.read_text("utf-8") + field, "utf-8")
    (tmp_path / "d.conllu").write_text(GUM + rows("Rome Entity=(2-GPE-giv:act-coref)", "fell _"), "utf-8")
    done = cli("import", "d.conllu", "--format", "conllu", "--root", root, "--labels", "add", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert read_corpus(root).sound().sound_part("imported")["mentions"]["infstat"].to_list() == ["giv:act"]
    assert cli("export", "--format", "conllu", "--root", root, "--out", "out").returncode == 0
    assert "(2-GPE-id:m1,infstat:giv%3Aact)" in (tmp_path / "out/d.conllu").read_text("utf-8")
