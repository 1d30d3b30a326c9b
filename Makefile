# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

MINUTES ?= 20
# How much of everything `make faults` tries: all, half of the places, or few of them.
FAULTS ?= all

# Tests load the program in hundreds of processes; compiled once, it is there in half the time.
unexport PYTHONDONTWRITEBYTECODE

# Which cases of each test `make test` runs: all, or the first, where another Python ran the others.
CASES ?= all
# What waits in one process runs in another; each takes from whoever has most left.
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
# Those of `make faults` run beside the others where it is said how much of them.
TESTS := $(if $(findstring command line,$(origin FAULTS)),QUARTERDAY_FAULTS=$(FAULTS) $(PYTEST),$(PYTEST) -m "not faults")

.PHONY: demo test lint bench faults fuzz docs picture clean

demo: $(VENV)/.ready  ## Run the whole job on the worked example.
	rm -rf demo
	$(BIN)/quarterday demo demo

test: $(VENV)/.ready  ## Run the tests; with FAULTS=few those of `make faults` beside them.
	QUARTERDAY_CASES=$(CASES) $(TESTS)

lint: $(VENV)/.ready  ## Style, types, layers, and pages that are generated.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.rules_page | diff -u docs/findings.md -
	$(BIN)/python -m schemas.register_page | diff -u docs/register.md -
	$(BIN)/python -m tests.support.accessible_workbooks | diff -u docs/accessibility.md -
	$(BIN)/python -m pipeline.store.migrations | diff -u pipeline/store/migrations/new_store.sql -

bench: $(VENV)/.ready  ## Measure for a quarter of an hour, and write benchmarks/RESULTS.md.
	$(BIN)/python -m benchmarks

faults: $(VENV)/.ready  ## Kill runs, fill disks, cut off databases, try all that `make test` only samples.
	QUARTERDAY_FAULTS=$(FAULTS) $(PYTEST) -m faults

fuzz: $(VENV)/.ready  ## Throw made-up cells, sheets, workbooks and messages at the readers, MINUTES each.
	$(BIN)/python -m tests.support.fuzzing $(MINUTES)

docs: $(VENV)/.ready  ## Write the pages that are generated, and the statements of a new store.
	$(BIN)/python -m schemas.rules_page > docs/findings.md
	$(BIN)/python -m schemas.register_page > docs/register.md
	$(BIN)/python -m tests.support.accessible_workbooks > docs/accessibility.md
	$(BIN)/python -m pipeline.store.migrations > pipeline/store/migrations/new_store.sql

picture: $(VENV)/.ready  ## Draw the README's pictures of the appendix; needs LibreOffice and Poppler.
	rm -rf var/picture && mkdir -p var/picture
	$(BIN)/quarterday demo var/picture/demo
	cd var/picture && soffice --headless --convert-to pdf demo/outbox/2012-13/Appendix*.xlsx
	pdftoppm -r 75 -f 2 -l 2 -x 0 -y 0 -W 620 -H 610 -png -singlefile var/picture/Appendix*.pdf docs/summary
	pdftoppm -r 75 -f 4 -l 4 -x 0 -y 0 -W 620 -H 570 -png -singlefile var/picture/Appendix*.pdf docs/appendix

clean:
	rm -rf $(VENV) demo var/picture

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev --editable .
	touch $@
