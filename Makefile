# Needs Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
DATASET := dist/stancebank
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: dataset studio test lint bench lock clean

dataset: .venv/dataset.installed
	$(BIN)/stancebank validate
	$(BIN)/stancebank build --out $(DATASET)
	@$(BIN)/python -m stancebank.build.preview $(DATASET)

# What stancebank studio needs: the client beside the package, the server in an environment of its own.
studio: .venv/extras.installed .venv-studio/studio.installed

test: .venv/dev.installed .venv-studio/studio.installed
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --cov --cov-fail-under=90 $(ARGS)

lint: .venv/dev.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/stancebank generate --check

# Hours, and 10 GB of temporary disk; writes benchmarks/RESULTS.md.
bench: .venv/dev.installed
	$(BIN)/python benchmarks/scale.py $(ARGS)

# The locks name every version and hash, and no index; uv comes from the environment of whoever runs this.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
lock:
	$(LOCK) pyproject.toml --group build --all-extras --group dev -o requirements/dev.txt
	$(LOCK) pyproject.toml --group build --extra tokens --extra agreement -c requirements/dev.txt -o requirements/dataset.txt
	$(LOCK) pyproject.toml --all-extras -c requirements/dev.txt -o requirements/extras.txt
	$(LOCK) --group server -o requirements/studio.txt

clean:
	rm -rf .venv .venv-studio dist build

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "StanceBank needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $*

.venv/dataset.installed: .venv/bin/python requirements/dataset.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements/dataset.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/extras.installed: .venv/dataset.installed requirements/extras.txt
	$(PIP) install --require-hashes -r requirements/extras.txt
	@touch $@

.venv/dev.installed: .venv/dataset.installed requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# Label Studio, in an environment of its own; the name of the mark is what stancebank studio up looks for.
.venv-studio/studio.installed: .venv-studio/bin/python requirements/studio.txt
	.venv-studio/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/studio.txt
	@touch $@
