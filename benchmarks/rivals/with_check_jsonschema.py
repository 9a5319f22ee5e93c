"""check-jsonschema on the layers of a part, each as one JSON array: ``python -m rivals.with_check_jsonschema FOLDER``.

It takes files of JSON or YAML and none of JSON lines, so that a layer is written as an array, and its schema is that of
an array of the project's own records.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rivals.by_hand import report
from stancebank.schema.layers import PART_LAYERS

PROJECT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("check-jsonschema")


def prepare(root: Path, out: Path) -> Path:
    """Write the layers of the first part, and their schemas."""
    out.mkdir(parents=True)
    part = min(path for path in (root / "corpus").iterdir() if path.is_dir())
    for layer in PART_LAYERS.values():
        file = part / layer.file_name
        if file.exists():
            (out / f"{layer.name}.json").write_bytes(b"[%s]" % b",\n".join(file.read_bytes().splitlines()))
            record = json.loads((PROJECT / f"schemas/{layer.name}.schema.json").read_bytes())
            schema = {"type": "array", "items": record}
            (out / f"{layer.name}.schema.json").write_text(json.dumps(schema), "utf-8")
    return out


def check(folder: Path) -> Iterator[str]:
    """What is wrong with the layers: what the program says of each."""
    for schema in sorted(folder.glob("*.schema.json")):
        instances = folder / f"{schema.name.removesuffix('.schema.json')}.json"
        done = subprocess.run([PROGRAM, "--schemafile", schema, instances], capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"{instances.name}: {done.stdout or done.stderr}"


if __name__ == "__main__":
    report(check(Path(sys.argv[1])))
