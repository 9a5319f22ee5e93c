"""An environment holds what its lock names, whatever else is published, and whatever became of the set-up before."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from locks import installed_in

from conftest import PROJECT
from processes import wait_for
from stancebank.faults import StanceBankError
from stancebank.storage.locked_environment import UNFINISHED, Contents, mark_of, set_up
from wheels import make_wheel, write_lock

pytestmark = pytest.mark.deep("packages")

SCRIPT = (
    "from pathlib import Path; from stancebank.storage.locked_environment import Contents, set_up; "
    "print(set_up(Path('environment'), Contents(Path('lock.txt')), str))"
)
WHOLE = {"tool": "1", "base": "1"}


def install(folder: Path) -> str:
    """Set up folder/environment from folder/lock.txt."""
    return set_up(folder / "environment", Contents(folder / "lock.txt"), lambda _: None)


def command(folder: Path, script: str = SCRIPT) -> list[str]:
    """The same in a process of its own, whose working directory has to be that folder."""
    return [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, {str(PROJECT / 'src')!r}); {script}"]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Lines of locks: tool 1 asks for base[more] from 1 on, and base 2 has been published since base 1 was locked."""
    wheels = tmp_path_factory.mktemp("published") / "wheels"
    return {
        "wheels": str(wheels),
        "tool": make_wheel(wheels, "tool", "1", "base[more]>=1", program="tool"),
        "base": make_wheel(wheels, "base", "1"),
        "base 2": make_wheel(wheels, "base", "2"),
        "large": make_wheel(wheels, "large", "1", size=40_000_000),
    }


def write(folder: Path, lines: dict[str, str], *names: str) -> None:
    write_lock(folder / "lock.txt", Path(lines["wheels"]), [lines[name] for name in names])


@pytest.fixture
def folder(tmp_path: Path, lines: dict[str, str]) -> Path:
    """A folder with a lock, and nothing installed yet."""
    write(tmp_path, lines, "tool", "base")
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, lines: dict[str, str]) -> Path:
    """A folder with an environment that is whole; a test that breaks it has it restored."""
    place = tmp_path_factory.mktemp("whole")
    write(place, lines, "tool", "base")
    install(place)
    return place


def test_what_is_published_later_changes_nothing(whole: Path) -> None:
    assert installed_in(whole / "environment") == WHOLE
    assert install(whole) == "", "nothing is left to do"


def _other_python(environment: Path) -> None:
    settings = environment / "pyvenv.cfg"
    settings.write_text(settings.read_text("utf-8").replace("version = 3.", "version = 2."), "utf-8")


def _without_pip(environment: Path) -> None:
    for package in environment.glob("lib/python*/site-packages/pip"):
        shutil.rmtree(package)


def _without_python(environment: Path) -> None:
    for program in environment.glob("bin/python*"):
        program.unlink()
        program.symlink_to("/nowhere/python")


def _moved(environment: Path) -> None:
    mark = environment / "lock.installed"
    mark.write_text(mark.read_text("utf-8").replace(str(environment), "/elsewhere"), "utf-8")


@pytest.mark.parametrize("said", ["1", None])
def test_bytecode_is_written_where_no_start_may_write_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    if said:
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", said)
    install(folder)
    assert any((folder / "environment").glob("lib/python*/site-packages/**/tool.*.pyc")) == bool(said)


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda environment: (environment / UNFINISHED).touch(), "its set-up was interrupted"),
        (_moved, "it was moved"),
        (_other_python, "it was of Python 2."),
        (_without_python, "it was broken"),
        (_without_pip, "it was broken"),
    ],
)
def test_an_environment_that_is_not_whole_is_replaced(
    whole: Path, break_it: Callable[[Path], object], reason: str
) -> None:
    environment = whole / "environment"
    (environment / "of-the-one-before").touch()
    break_it(environment)
    done = install(whole)
    assert "environment: 2 packages from " in done
    assert f"replaced because {reason}" in done
    assert "\n" not in done
    assert installed_in(environment) == WHOLE
    assert not (environment / "of-the-one-before").exists()
    assert sorted(path.name for path in whole.iterdir()) == ["environment", "lock.txt"]
    assert install(whole) == ""


def test_a_changed_lock_leaves_nothing_of_the_one_before(folder: Path, lines: dict[str, str]) -> None:
    install(folder)
    write(folder, lines, "base 2")
    assert "lock.txt has changed" in install(folder)
    assert installed_in(folder / "environment") == {"base": "2"}


def test_a_lock_that_cannot_be_followed_leaves_the_environment_as_it_was(whole: Path) -> None:
    folder = whole
    sound = (folder / "lock.txt").read_text("utf-8")
    for broken in (sound.replace("base==1", "base==3"), sound.replace("sha256:", "sha256:0000", 1)[:-5] + "\n"):
        (folder / "lock.txt").write_text(broken, "utf-8")
        with pytest.raises(StanceBankError, match=r"environment could not be set up:\n  ERROR: "):
            install(folder)
        assert installed_in(folder / "environment") == WHOLE
    (folder / "lock.txt").write_text(sound, "utf-8")
    assert install(folder) == ""


def test_a_lock_that_leaves_something_out_is_refused(folder: Path, lines: dict[str, str]) -> None:
    write(folder, lines, "tool")
    with pytest.raises(StanceBankError, match="tool 1 requires base, which is not installed"):
        install(folder)
    write(folder, lines, "tool", "base")
    install(folder)
    assert installed_in(folder / "environment") == WHOLE


def test_a_second_lock_that_fails_leaves_the_first(whole: Path, lines: dict[str, str], tmp_path: Path) -> None:
    second = write_lock(tmp_path / "second.txt", tmp_path, [lines["base 2"]])
    with pytest.raises(StanceBankError, match="No matching distribution"):
        set_up(whole / "environment", Contents(second), lambda _: None)
    assert install(whole) == ""
    assert not mark_of(whole / "environment", second).exists()


def test_a_folder_that_is_no_environment_is_left_alone(folder: Path) -> None:
    (folder / "environment").mkdir()
    (folder / "environment/thesis.txt").write_text("all my work")
    with pytest.raises(StanceBankError, match="is not a Python environment\n  fix: name another folder"):
        install(folder)
    assert [path.name for path in (folder / "environment").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("moment", ["python", "packages", "replacing"])
def test_a_killed_set_up_is_done_again(folder: Path, lines: dict[str, str], moment: str) -> None:
    if moment == "replacing":
        install(folder)
        write(folder, lines, "tool", "base", "large")
    environment = folder / "environment"
    wanted = {"python": "pyvenv.cfg", "packages": "lib/python*/site-packages/pip/__main__.py", "replacing": "lib"}[
        moment
    ]
    with subprocess.Popen(command(folder), cwd=folder, start_new_session=True) as process:
        wait_for(lambda: (environment / UNFINISHED).exists() and list(environment.glob(wanted)))
        os.killpg(process.pid, signal.SIGKILL)
    assert (environment / UNFINISHED).exists()
    install(folder)
    assert installed_in(environment) == WHOLE | ({"large": "1"} if moment == "replacing" else {})
    assert install(folder) == ""
    assert not list(folder.glob("*.before"))


def test_a_killed_replacement_brings_the_earlier_one_back_where_it_cannot_go_on(folder: Path) -> None:
    install(folder)
    environment = folder / "environment"
    environment.rename(folder / "environment.before")
    environment.mkdir()
    (environment / UNFINISHED).touch()
    assert install(folder) == ""
    assert installed_in(environment) == WHOLE


def test_two_at_once_give_one_whole_environment(folder: Path) -> None:
    both = [subprocess.Popen(command(folder), cwd=folder, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate(timeout=300)[0].strip() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == ""
    assert said[1].startswith("environment: 2 packages from lock.txt in ")
    assert installed_in(folder / "environment") == WHOLE


def test_no_network_is_told_in_one_sentence(
    folder: Path, lines: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "https://127.0.0.1:9")
    monkeypatch.setenv("PIP_RETRIES", "1")
    sound = (folder / "lock.txt").read_text("utf-8")
    (folder / "lock.txt").write_text(lines["tool"] + lines["base"], "utf-8")
    with pytest.raises(StanceBankError) as refused:
        install(folder)
    assert "environment could not be set up: packages cannot be downloaded:" in refused.value.what
    assert refused.value.fix == "connect to the network, then run it again"
    (folder / "lock.txt").write_text(sound, "utf-8")
    install(folder)
    assert installed_in(folder / "environment") == WHOLE


def _mounts(*words: str) -> bool:
    return shutil.which(words[0]) is not None and not subprocess.run([*words, "true"], capture_output=True).returncode


UNSHARE = ("unshare", "--mount")
MOUNTING = next((words for words in (UNSHARE, ("sudo", "-n", *UNSHARE)) if _mounts(*words)), ())
"""What runs a command that may mount file systems for itself alone."""
needs_mounts = pytest.mark.skipif(not MOUNTING, reason="needs to mount a file system: run it as root, with util-linux")


def mounted(mount: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Set up with a file system mounted for that process alone."""
    words = [*MOUNTING, "sh", "-ec", f'{mount}; exec "$@"', "sh", *command(folder)]
    return subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=300)


@needs_mounts
def test_a_full_disk_is_told_in_one_sentence(folder: Path, lines: dict[str, str]) -> None:
    write(folder, lines, "tool", "base", "large")
    (folder / "small").mkdir()
    small = "mount -t tmpfs -o size=40m none small; cp lock.txt small; cd small"
    done = mounted(f'{small}; "$@" || mount -o remount,size=400m .', folder)
    assert "environment could not be set up: the disk is full\n  fix: free " in done.stderr
    assert done.returncode == 0, "with more room the next run goes on"
    assert done.stdout.startswith("environment: 3 packages from lock.txt in ")


@needs_mounts
def test_a_folder_that_is_read_only_is_told_in_one_sentence(folder: Path) -> None:
    done = mounted('mount --bind "$PWD" "$PWD"; mount -o remount,bind,ro "$PWD"; cd "$PWD"', folder)
    assert done.returncode == 1
    assert "environment could not be set up: its folder cannot be written to\n  fix: copy the project" in done.stderr
    install(folder)
    again = mounted('mount --bind "$PWD" "$PWD"; mount -o remount,bind,ro "$PWD"; cd "$PWD"', folder)
    assert (again.returncode, again.stdout) == (0, "\n"), "what is whole needs no writing"
