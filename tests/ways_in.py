"""Code that users of a built folder run, in processes of their own, and how a test runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from conftest import offline
from processes import QUIT

VIEWER = """
import glob, json, sys
import polars as pl, pyarrow.parquet as pq
from datasets import Features, get_dataset_config_names, load_dataset_builder
found = {}
for folder in sys.argv[1:]:
    for name in get_dataset_config_names(folder):
        failed = found[f"{folder} {name}"] = []
        files = sorted(glob.glob(f"{folder}/data/{name}/*.parquet"))
        for c, f in load_dataset_builder(folder, name).info.features.items():
            try:
                pl.DataFrame._from_arrow(pq.read_table(files, columns=[c], schema=Features({c: f}).arrow_schema))
            except Exception as error:
                failed.append(f"{c}: {error}")
print(json.dumps(found))
"""
"""The line by which the Hub's viewer reads a column for its statistics, for each column of each config."""

CLASS_LABELS = """
import glob, json, sys
from datasets import Dataset, load_dataset
folder, names, *chosen = sys.argv[1:]
found = {}
for name in names.split():
    files = sorted(glob.glob(f"{folder}/data/{name}/*.parquet"))
    ways = {
        "config": lambda: load_dataset(folder, name, split="train"),
        "data_dir": lambda: load_dataset(folder, data_dir=f"data/{name}", split="train"),
        "data_files": lambda: load_dataset(folder, data_files=f"data/{name}/*.parquet", split="train"),
        "parquet": lambda: load_dataset("parquet", data_dir=f"{folder}/data/{name}", split="train"),
        "folder": lambda: load_dataset(f"{folder}/data/{name}", split="train"),
        "from_parquet": lambda: Dataset.from_parquet(files),
    }
    found[name] = {way: str(load().features) for way, load in ways.items() if way in chosen or not chosen}
print(json.dumps(found))
"""
"""The features of configs by every way that leads into the folder."""


def python(home: Path, code: str, *arguments: object, executable: object = sys.executable) -> Any:
    """What a new process prints as JSON, offline and with a home of its own."""
    command = [str(executable), "-c", code + QUIT, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(home), check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
