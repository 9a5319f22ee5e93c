"""What users may name as the place of a corpus: folders, and addresses that fsspec knows."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import offline
from stancebank.faults import StanceBankError
from stancebank.storage.addresses import address, is_remote, local_folder


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("corpora/mine", "corpora/mine"),
        ("C:/mine", "C:/mine"),
        ("file:///srv/mine", "/srv/mine"),
        ("file:///srv/my%20own/", "/srv/my own"),
        ("local:///srv/mine", "/srv/mine"),
    ],
)
def test_what_is_on_this_machine_is_a_plain_path(value, path):
    assert address(value) == local_folder(value) == Path(path)
    assert not is_remote(address(value))


@pytest.mark.parametrize("value", ["s3://bucket/a", "s3://bucket/a b/c", "memory://a/b"])
def test_an_address_is_kept_as_it_was_typed_but_for_a_slash_at_its_end(value):
    assert is_remote(address(value))
    assert str(address(f"{value}/")) == str(address(value)) == value
    assert str(address(value) / "corpus/corpus.yaml") == f"{value}/corpus/corpus.yaml"


@pytest.mark.parametrize(
    "value",
    [
        "://bucket",
        "s3://",
        "s3:///",
        "s3://bucket//a",
        "s3://bucket/../a",
        "s3://bucket/./a",
        "s3://bucket/a\n",
        "S3://bucket",
        "https://example.org/corpus?key=abc",
        "zip://a::s3://bucket/b.zip",
    ],
)
def test_what_is_no_address_of_a_folder_is_refused(value):
    with pytest.raises(StanceBankError, match=r"is not the address of a folder\n  fix: write it as"):
        address(value)


def test_a_file_address_names_a_whole_path():
    with pytest.raises(StanceBankError, match=r'"file://mine" names no folder of this machine'):
        address("file://mine")


def test_an_unknown_kind_of_address_is_named_with_kinds_that_are_known():
    with pytest.raises(
        StanceBankError, match=r'"s4" is no kind of address that is known here\n  fix: write s3://, gs://'
    ):
        address("s4://bucket/corpus")


def test_a_password_is_refused_and_not_repeated():
    with pytest.raises(StanceBankError, match="the ftp address holds a password") as refused:
        address("ftp://ann:secret@example.org/corpus")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("package", "value", "fix"),
    [
        ("s3fs", "s3://bucket/corpus", "pip install 'stancebank[s3]'"),
        ("gcsfs", "gs://bucket/corpus", "install that package"),
    ],
)
def test_an_address_whose_package_is_not_installed_names_it(tmp_path, package, value, fix):
    code = f"import sys\nsys.modules['{package}'] = None\nfrom stancebank.commands import main\nmain()"
    command = [sys.executable, "-c", code, "validate", "--root", value]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(tmp_path), check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"stancebank: {value} needs another package: ")
    assert package in done.stderr
    assert done.stderr.endswith(f"fix: {fix}\n")


@pytest.mark.parametrize(
    "command",
    [
        ("init", "s3://bucket/corpus"),
        ("add", "text.txt", "--root", "s3://bucket/corpus"),
        ("generate", "--root", "s3://bucket/corpus"),
        ("agree", "gold", "a", "--root", "s3://bucket/corpus"),
        ("adjudicate", "a", "b", "--out", "s3://bucket/corpus"),
        ("studio", "export", "--root", "s3://bucket/corpus"),
        ("studio", "import", "x.json", "--out", "s3://bucket/corpus"),
        ("studio", "pull", "--out", "s3://bucket/corpus"),
        ("preview", "s3://bucket/corpus"),
    ],
)
def test_commands_that_need_a_folder_say_so(cli, command):
    done = cli(*command)
    assert done.returncode == 2
    assert "this needs a folder on this machine, and s3://bucket/corpus is elsewhere" in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "--help"], ["validate", "--root", "missing"]])
def test_what_addresses_need_is_loaded_for_addresses_alone(tmp_path, arguments):
    code = (
        "import sys\nfrom stancebank.commands import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'upath', 'fsspec', 's3fs'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=offline(tmp_path), cwd=tmp_path, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
