# Everything a newcomer or CI needs. `make` alone lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check test-clients install bench schema released lock clean
.NOTPARALLEL:

PACKAGES := gql models resolvers rest server migrations benchmarks tests
# The environment is reached through its interpreter only: the scripts in .venv/bin break when the checkout moves.
PY := .venv/bin/python
# Where the venv module cannot bring pip along (Debian without python3-venv), the interpreter's own pip stands in.
PIP = $$($(PY) -m pip --version >/dev/null 2>&1 && echo $(PY) -m pip || echo $${python:-python3} -m pip --python $(PY)) \
	--disable-pip-version-check
# How many test processes; the suite is sized for two cores.
JOBS ?= 2
# What is passed on: make bench ARGS="--only list --quick", make lock ARGS=--upgrade
ARGS ?=

help: ## this list, so that nobody has to read a Makefile first
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: .venv/.installed ## a server with demo data on http://127.0.0.1:8000, to try things on
	@exec $(PY) -m server demo $(ARGS)

test: install check ## the environment and every check: what CI runs, so it passes here first

check: .venv/.installed ## format, lint, types, import contracts, schema drift, tests: the whole truth before a commit
	@echo "== format (ruff format --check)" && $(PY) -m ruff format --check .
	@echo "== lint (ruff check)" && $(PY) -m ruff check .
	@echo "== types (mypy --strict)" && $(PY) -m mypy --strict $(PACKAGES) docs
	@echo "== import contracts (import-linter)" && $(PY) -c 'from importlinter.cli import lint_imports_command as run; run()' --no-logo
	@echo "== schema drift (schema.graphql is what the code says; else: make schema)" && $(PY) -m server schema | diff -u schema.graphql -
	@echo "== tests (pytest, SQLite and PostgreSQL)" && $(PY) -m pytest -m 'not clients' -n $(JOBS) $(ARGS)

test-clients: .venv/.installed ## Apollo Client, urql, Relay and others against a server; needs node, and npm once
	@echo "== clients (pytest -m clients)" && $(PY) -m pytest tests/clients -m clients $(ARGS)

install: .venv/.installed ## the environment in .venv, hash-checked from requirements.lock, so everyone has the same one

bench: .venv/.installed ## every figure as a ratio to a peer started in the same run, since absolute ones drift
	@$(PY) -m benchmarks $(ARGS)

schema: .venv/.installed ## writes schema.graphql and its reference in docs/graphql.md from the code, so that a review sees the public contract change
	@$(PY) -m server schema > schema.graphql.new && mv schema.graphql.new schema.graphql || { rm -f schema.graphql.new; exit 1; }
	@$(PY) -m server schema --reference docs/graphql.md

released: .venv/.installed ## at a release: from then on, what breaks this schema has to be named in CHANGELOG.md
	@{ echo '# The schema of the last release; tests/gql/test_released.py holds the present one against it.'; \
	   echo '# Written by `make released`, once for each release and never by hand.'; echo; \
	   $(PY) -m server schema; } > released.new && mv released.new tests/gql/released.graphql || { rm -f released.new; exit 1; }

lock: .venv/.installed ## writes requirements.lock from pyproject.toml, with hashes and without download addresses
	@$(PIP) install -qq uv
	@$(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--all-extras --group dev --group fuzz pyproject.toml -o requirements.lock $(ARGS)

clean: ## removes the environment and every cache, to start over; databases stay
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov build dist
	@find . \( -name __pycache__ -o -name node_modules \) -type d -prune -exec rm -rf {} +

# The stamp is written last: an interrupted install is repeated, a finished one costs nothing.
.venv/.installed: requirements.lock pyproject.toml
	@echo "== environment (.venv from requirements.lock)"
	@set -e; \
	if ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
		done; \
		if [ -z "$$python" ]; then \
			echo "foyer needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || true)." >&2; \
			echo "Name another interpreter: make install PYTHON=/path/to/python3.12" >&2; exit 1; \
		fi; \
		"$$python" -m venv --clear .venv >/dev/null 2>&1 || "$$python" -m venv --clear --without-pip .venv; \
	fi; \
	$(PIP) install -qq --require-hashes -r requirements.lock
	@touch $@
