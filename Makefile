# Everything sets itself up in .venv: `make demo` and `make test` are all that a new machine needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
export PYTHONDONTWRITEBYTECODE :=  # the tests start the program many times: it need not be compiled each time

.PHONY: demo test test-all test-convokit lint format bench docs screenshots clean

demo: $(VENV)/.run  ## grab the built-in demo forum
	$(BIN)/threadset demo --out data/demo

test: $(VENV)/.dev  ## the default suite: under ten minutes
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "not slow"

test-all: $(VENV)/.dev  ## with the slow fault and soak tests
	$(BIN)/python -m pytest -q -n $(WORKERS)

test-convokit: $(VENV)/.dev  ## ConvoKit itself reads packs: its core, for the whole of it takes gigabytes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/convokit convokit==5.0.0 \
	  pymongo dnspython scikit-learn joblib threadpoolctl cloudpickle narwhals
	PYTHONPATH=$(VENV)/convokit $(BIN)/python -m pytest -q tests/commands/test_pack_loaders.py -k convokit

lint: $(VENV)/.dev  ## format, rules, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## ratios within one run; see docs/performance.md
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev  ## docs/tables.md from the schema, and the terminal sessions as they run
	$(BIN)/python -m crawler.items.docs > docs/tables.md
	$(BIN)/python docs/sessions.py

screenshots: $(VENV)/.dev  ## docs/images, with Chromium
	$(BIN)/python docs/screenshots.py

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.base:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "threadset needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.base pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[report]'
	@touch $@

$(VENV)/.dev: $(VENV)/.base pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,interop]'
	@touch $@
