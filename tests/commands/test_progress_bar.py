"""How far work has come, as somebody sees it who waits: on standard error alone, and only where it takes long."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from stancebank.commands import progress_bar
from stancebank.commands.progress_bar import shown


class Clock:
    """Gives the seconds that it was set to."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress_bar, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


def test_where_nobody_watches_there_is_a_line_every_ten_seconds(clock: Clock, capsys: pytest.CaptureFixture) -> None:
    with shown("building", 8) as work:
        for clock.now in (1, 9, 12, 20, 25):
            work.advance(600)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "building: 3 of 8 parts, 1,800 documents, 150 a second, about 20 s left",
        "building: 5 of 8 parts, 3,000 documents, 120 a second, about 15 s left",
    ]


def test_on_a_terminal_there_is_a_bar_after_two_seconds(
    clock: Clock, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with shown("building", 8) as work:
        clock.now = 1
        work.advance(600)
        assert capsys.readouterr() == ("", "")
        clock.now = 3
        work.advance(600)
        work.pause()
    said = capsys.readouterr()
    assert said.out == ""
    assert "building" in said.err
    assert "2/8" in said.err
    assert "1,200 documents, 400 a second" in said.err


def test_who_wants_quiet_is_told_nothing(clock: Clock, capsys: pytest.CaptureFixture) -> None:
    with shown("building", 2, quiet=True) as work:
        for clock.now in (20, 40):
            work.advance(600)
    assert capsys.readouterr() == ("", "")
