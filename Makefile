# Everything a clean clone needs: Python 3.11 or newer, make, and a package index. `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench engines conformance pages requirements clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "isomorph needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# One stamp for each set of requirements: nothing is installed twice. The project itself is installed without resolving.
$(VENV)/.installed: requirements/runtime.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src/isomorph
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.installed
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.test
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

install: $(VENV)/.installed ## the command isomorph, in .venv/bin
	@$(BIN)/isomorph version

demo: $(VENV)/.installed ## the demonstrations of the README, on real input
	@$(BIN)/python examples/demo.py

test: $(VENV)/.test ## the test suite (without the real engines)
	$(BIN)/python -m pytest -q -m "not engine" $(PYTEST_ARGS)

lint: $(VENV)/.dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed ## CPU and memory, side by side with other tools
	$(BIN)/python benchmarks/run.py $(BENCH_ARGS)

engines: $(VENV)/.test ## build the real engines (needs Go; as root on a Debian, containers too; cached outside the tree)
	$(BIN)/python -m tests.engines.debian
	$(BIN)/python -m tests.engines.chromium
	$(BIN)/python -m tests.engines.hooks
	$(BIN)/python tests/engines/build.py

conformance: $(VENV)/.test ## what we write and read, checked by the real engines
	$(BIN)/python -m pytest -q -m engine tests/conformance tests/integrations $(PYTEST_ARGS)

pages: $(VENV)/.installed ## write docs/platforms, docs/policy, docs/resources.md and docs/rules.md from the tables
	$(BIN)/python -m isomorph.report.platform_pages docs/platforms
	$(BIN)/python -m isomorph.report.resource_pages docs/resources.md
	$(BIN)/python -m isomorph.report.rule_pages docs/rules.md
	$(BIN)/python -m tests.policy.pages

UV_COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
requirements: ## pin again, from pyproject.toml (needs uv)
	$(UV_COMPILE) pyproject.toml --extra dev requirements/build.in --output-file requirements/dev.txt $(UPGRADE)
	$(UV_COMPILE) pyproject.toml --extra test requirements/build.in --constraint requirements/dev.txt --output-file requirements/test.txt
	$(UV_COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(UV_COMPILE) requirements/build.in --constraint requirements/dev.txt --output-file requirements/build.txt
	$(UV_COMPILE) requirements/hooks.in --output-file requirements/hooks.txt

clean: ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
