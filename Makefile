# Needs Python 3.11 or newer and make; everything else goes into .venv.
PYTHONS := python3.11 python3.12 python3.13 python3
IS_NEW := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in $(PYTHONS); do $$each -c '$(IS_NEW)' 2>/dev/null && command -v $$each && break; done)
DATASET := dist/stancebank
BIN := .venv/bin

.PHONY: dataset example site studio test test-deep lint bench lock clean look

dataset: .venv/dataset.installed
	$(BIN)/stancebank validate
	$(BIN)/stancebank build --out $(DATASET)
	@$(BIN)/stancebank preview $(DATASET)

# The example corpus through all that the package does: nothing is sent, and nothing in examples/ changes.
OUT := dist/examples-out
example: .venv/extras.installed
	rm -rf $(OUT)
	$(BIN)/stancebank validate --root examples
	$(BIN)/stancebank agree pass-a pass-b --root examples --by language
	$(BIN)/stancebank build --root examples --out dist/examples
	$(BIN)/stancebank verify dist/examples
	$(BIN)/stancebank preview dist/examples
	$(BIN)/stancebank publish OWNER/examples --from dist/examples --dry-run
	$(BIN)/stancebank studio export --root examples --out $(OUT)/tasks.json
	$(BIN)/stancebank studio import $(OUT)/tasks.json --root examples
	$(BIN)/stancebank export --format brat --root examples --out $(OUT)/brat
	$(BIN)/stancebank import $(OUT)/brat --format brat --root examples --as brat --dry-run
	$(BIN)/stancebank prompt --root examples --part train --out $(OUT)/prompts
	$(BIN)/stancebank site --root examples --out $(OUT)/site

# The example corpus as pages for a browser.
site: .venv/extras.installed
	$(BIN)/stancebank site --root examples --out dist/site

# What stancebank studio needs: the client beside the package, the server in an environment of its own.
studio: .venv/extras.installed .venv-studio/studio.installed

# Every law, rule and command in a few minutes; SEED=n repeats the random draws of a run.
test: .venv/dev.installed .venv-studio/studio.installed
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(if $(SEED),--seed $(SEED)) $(ARGS)

# What takes an hour: before a release, and every night. SLICE=n (1 to 9) runs a part of ten minutes.
test-deep: .venv/dev.installed .venv-studio/studio.installed
	$(BIN)/python tests/deep.py $(if $(SEED),--seed $(SEED)) $(SLICE)

lint: .venv/dev.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/stancebank generate --check

# An hour, and 15 GB of temporary disk; writes benchmarks/RESULTS.md.
bench: .venv/dev.installed .venv-peers/peers.installed
	$(BIN)/python benchmarks/scale.py $(ARGS)

# The locks name every version and hash, and no index. Each version stays unless pyproject.toml asks for another.
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-header --quiet
LOCK := $(COMPILE) --generate-hashes
lock: .venv/dev.installed
	$(LOCK) pyproject.toml --group build --all-extras --group dev -o requirements/dev.txt
	$(LOCK) pyproject.toml --group build --extra agreement --extra texts --extra tokens -c requirements/dev.txt -o requirements/dataset.txt
	$(LOCK) pyproject.toml --group build --all-extras -c requirements/dev.txt -o requirements/extras.txt
	$(LOCK) --group server -o requirements/studio.txt
	$(LOCK) --group peers -o requirements/peers.txt
	$(COMPILE) pyproject.toml --no-annotate -c requirements/dev.txt -o requirements/hooks.txt

clean:
	rm -rf .venv .venv-studio .venv-peers dist build

# Looked at in every run, since an environment can be broken in ways that no date of a file shows.
.venv/dataset.installed .venv/extras.installed .venv/dev.installed: .venv/%.installed: look
	@$(or $(PYTHON),$(error StanceBank needs Python 3.11 or newer: make PYTHON=/path/to/python3.11)) requirements/install.py $*

# In environments of their own: Label Studio, which stancebank studio up looks for, and what make bench compares with.
.venv-studio/studio.installed .venv-peers/peers.installed: look
	@$(or $(PYTHON),$(error StanceBank needs Python 3.11 or newer: make PYTHON=/path/to/python3.11)) requirements/install.py $(basename $(@F))
