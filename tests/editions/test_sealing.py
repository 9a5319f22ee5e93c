"""Sealing: the same texts open it, and nothing else does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stancebank.editions.sealing import key, opened, sealed


@given(st.binary(max_size=200), st.lists(st.text(max_size=20), max_size=3), st.text(max_size=5))
def test_the_same_texts_open_it_and_others_do_not(data: bytes, texts: list[str], where: str) -> None:
    shut = sealed(data, key(texts, "corpus"), where)
    assert opened(shut, key(texts, "corpus"), where) == data
    assert opened(shut, key([*texts, ""], "corpus"), where) is None
    assert opened(shut, key(texts, "corpus"), where + "x") is None
    assert opened(shut[:-1] + bytes([shut[-1] ^ 1]), key(texts, "corpus"), where) is None


def test_two_versions_of_a_file_share_no_pad() -> None:
    secret = key(["a text"], "corpus")
    first, second = (sealed(data, secret, "file") for data in (b"0" * 64, b"1" * 64))
    assert len({a ^ b for a, b in zip(first[32:], second[32:], strict=True)}) > 1
