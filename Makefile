# One word for everything that is done often. `make` alone prints the words.

PYTHON ?= python3
BIN = .venv/bin
ARGS =

.PHONY: help demo test quick lint format cover clean
.DEFAULT_GOAL = help

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

demo: .venv/installed ## which councils could be reached through Civica
	$(BIN)/riskgraph blast civica

test: lint ## everything that must hold before a commit lands
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

quick: .venv/installed ## the fast tests, while you work (one of them: make quick ARGS="-k layers")
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser and not neo4j" $(ARGS)

lint: .venv/installed ## style, layout and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/installed ## put style and layout right, as far as a machine can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

cover: .venv/installed ## the tests, and the lines that none of them runs
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov $(ARGS)

clean: ## remove all that was made here, .venv too
	rm -rf .venv build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made again only when what is installed could have changed.
.venv/installed: pyproject.toml setup.cfg
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'riskgraph needs Python 3.11 or newer; "$(PYTHON)" is older or missing.'; \
		echo 'Name another one: make PYTHON=python3.12'; \
		exit 1; }
	@echo 'Setting up .venv, once; this takes about half a minute.'
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
