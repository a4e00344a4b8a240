# make demo | test | lab | lint | bench: each does its own set-up, and is quick the second time.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL = $(PIP) install --constraint constraints.txt --editable

.PHONY: demo test lab lint format clean
.DELETE_ON_ERROR:

demo: $(VENV)/.core
	$(BIN)/toolkit demo --output demo-output

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lab: $(VENV)/.lab
	$(BIN)/toolkit lab

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up $(VENV), once ..."
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.core: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) .
	@touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[test]"
	@touch $@ $(VENV)/.core

$(VENV)/.lint: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[lint]"
	@touch $@ $(VENV)/.core

$(VENV)/.lab: $(VENV)/.python pyproject.toml constraints.txt
	$(INSTALL) ".[lab]"
	@touch $@ $(VENV)/.core
