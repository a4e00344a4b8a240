# make demo | test | lab | lint | docs | bench: each does its own set-up, and is quick the second time.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
BENCH := .venv-bench
BENCH_BIN := $(BENCH)/$(notdir $(BIN))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL = $(PIP) install --constraint constraints.txt --editable

.PHONY: demo test coverage test-browser test-spark dist lab lint docs pictures bench format clean
.DELETE_ON_ERROR:

demo: $(VENV)/.core
	$(BIN)/toolkit demo --output demo-output

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# The tests once more, with every branch of toolkit/ counted; fails below what pyproject.toml says.
coverage: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term

# A process of its own: the browser's driver leaves an event loop behind. Pictures of each step
# are in tests/artifacts/browser.
test-browser: $(VENV)/.browser docs
	$(BIN)/python -m pytest tests/browser

# Builds the source distribution and from it the wheel, then tries both in a clean environment.
dist: $(VENV)/.dist
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/python -m pytest tests/installed

# Spark needs Java, 450 MB and minutes: not a part of test.
test-spark: $(VENV)/.spark
	$(BIN)/python -m pytest tests/spark

lab: $(VENV)/.lab
	$(BIN)/toolkit lab -- $(ARGS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The site, in docs/_build/html; a warning is an error.
docs: $(VENV)/.docs
	$(BIN)/python -m sphinx --quiet --fail-on-warning --builder html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

# The pages' pictures anew, from those that the tests of the browser make.
pictures: test-browser
	$(BIN)/python docs/pictures.py

# The peers have an environment of their own: cassetter's pytest plugin clashes with others.
bench: $(BENCH)/.ready
	$(BENCH_BIN)/python -m benchmarks

format: $(VENV)/.lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(BENCH) demo-output toolkit-lab .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up $(VENV), once; it takes a minute or two ..."
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.core: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) .
	@touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[test]"
	@touch $@ $(VENV)/.core

$(VENV)/.browser: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[test,browser]"
	@touch $@ $(VENV)/.core

$(VENV)/.spark: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[test,spark]"
	@touch $@ $(VENV)/.core

$(VENV)/.dist: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[test,dist]"
	@touch $@ $(VENV)/.core

$(VENV)/.lint: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[lint,test]"
	@touch $@ $(VENV)/.core

$(VENV)/.docs: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[docs]"
	@touch $@ $(VENV)/.core

$(VENV)/.lab: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[lab]"
	@touch $@ $(VENV)/.core

# Beside vcrpy as pinned an earlier one, which was quicker, in a folder of its own.
$(BENCH)/.ready: pyproject.toml constraints.txt
	@echo "Setting up $(BENCH), once ..."
	$(PYTHON) -m venv $(BENCH)
	$(BENCH_BIN)/python -m pip --disable-pip-version-check --quiet install \
	  --constraint constraints.txt --editable ".[bench]"
	$(BENCH_BIN)/python -m pip --disable-pip-version-check --quiet install \
	  --no-deps --upgrade --target $(BENCH)/earlier vcrpy==8.2.1
	@touch $@
