# One word for everything that is done often. `make` alone prints the words.

PYTHON ?= python3
BIN = .venv/bin
ARGS =

.PHONY: help demo test quick lint format cover clean docs samples accept neo4j bench browser
.DEFAULT_GOAL = help

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: .venv/installed ## three councils that one failure took offline in January 2024, and one large supplier today
	@echo 'January 2024: planning and online forms of three councils stop. What do they share?'
	$(BIN)/riskgraph blast "East Kent Services" --as-of 2024-01-15
	@echo
	$(BIN)/riskgraph why thanet civica --as-of 2024-01-15 --limit 2
	@echo
	@echo 'Today, one large supplier in one region:'
	$(BIN)/riskgraph blast capita --region "South East"

test: lint browser ## everything that must hold before a commit lands
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

docs: .venv/installed ## write the pages of docs/ that are made from the project
	$(BIN)/python tools/make_docs.py

samples: .venv/installed ## show how the committed sample reports would change
	$(BIN)/python tools/samples.py

accept: .venv/installed ## take over these changes
	$(BIN)/python tools/samples.py --accept

neo4j: .venv/installed ## a Neo4j server to play with, on this computer only (needs Java and Maven)
	$(BIN)/python tools/neo4j/server.py $(ARGS)

bench: .venv/installed ## measure against named peers; writes benchmarks/RESULTS.md (make bench ARGS="S")
	$(BIN)/python -m benchmarks $(ARGS)

# The tests open reports in a browser. Debian's package is installed where that is possible; elsewhere the
# tests that need one say how to get it, and fail under CI=true.
browser:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-dejavu-core fonts-liberation >/dev/null; } || \
	  echo "No browser here: the tests that need one will say so."

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
