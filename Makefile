# Casemate. Needs Python 3.11 or newer and make; everything else it installs into .venv.
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK := 1

bin := .venv/bin
python := $(bin)/python
pip := $(python) -m pip --quiet
projects := pyproject.toml guard/pyproject.toml waf/pyproject.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv demo test quick databases lint format bench docs fuzz score layers build lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# Three stamps, so that `make demo` installs only what runs, and a repeat is instant.
.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Casemate needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime: .venv/made requirements.lock $(projects)
	$(pip) install --require-hashes -r requirements.lock
	$(pip) install --no-deps --no-build-isolation -e ./guard -e ./waf -e .
	$(python) -m compileall -q src guard/src waf/src
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	$(pip) install --require-hashes -r requirements-dev.lock
	@touch $@

venv: .venv/dev ## .venv with everything for development

demo: .venv/runtime ## A vulnerable sample system through every stage, offline
	$(bin)/casemate demo

test: .venv/dev ## All tests
	$(python) -m pytest -n 2

quick: .venv/dev ## The everyday tests, under a minute
	$(python) -m pytest -n 2 -m 'not slow'

databases: .venv/dev ## The tests that want Spark (and Java 17) and ClickHouse; installs both, 0.6 GB
	$(pip) install 'chdb>=4' 'pyspark>=4,<5'
	SPARK_LOCAL_IP=127.0.0.1 $(python) -m pytest tests/monitor/test_monitor_databases.py

lint: .venv/dev ## Style, types, layers, generated docs
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(bin)/lint-imports
ifneq ($(wildcard scripts/generate_docs.py),)
	$(python) scripts/generate_docs.py --check
endif
ifneq ($(wildcard scripts/check_docs),)
	scripts/check_docs
endif

format: .venv/dev ## Formats the code and applies the safe lint fixes
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

bench: .venv/dev ## Benchmarks, as ratios against a peer
	$(python) benchmarks/bench.py
	$(python) benchmarks/access.py
	$(python) benchmarks/dependencies.py
	$(python) benchmarks/secrets.py
	$(python) benchmarks/guard_overhead.py
	$(python) benchmarks/envelope.py
	PYTHONPATH=. $(python) benchmarks/monitor.py
	PYTHONPATH=. $(python) benchmarks/latency.py
	PYTHONPATH=. $(python) benchmarks/crash.py --kills 100

docs: .venv/dev ## Writes the generated docs
	$(python) scripts/generate_docs.py

fuzz: .venv/dev ## Fuzzes the parsers and engines
	$(python) tests/fuzz/run.py
	$(python) tests/fuzz/iam_decisions.py
	$(python) tests/fuzz/proofs.py
	$(python) tests/fuzz/guard_events.py
	PYTHONPATH=. $(python) tests/fuzz/evaluators.py

score: .venv/dev ## Scores against a truth: make score TRUTH=DIR CORPORA=DIR
	@test -n '$(TRUTH)' && test -n '$(CORPORA)' || { echo 'usage: make score TRUTH=DIR CORPORA=DIR' >&2; exit 2; }
	$(python) benchmarks/score.py '$(TRUTH)' '$(CORPORA)'

layers: .venv/runtime ## Lambda layers of the guard into dist/
	$(python) scripts/build_layers.py

build: .venv/runtime ## The wheels into dist/
	rm -rf dist
	$(pip) wheel --no-deps --no-build-isolation --wheel-dir dist ./guard ./waf .
	@ls -l dist

lock: ## Resolves the lock files again; UPGRADE=1 takes the newest versions
	PYTHON='$(PYTHON)' UPGRADE='$(UPGRADE)' scripts/lock.sh

clean: ## Removes all that make made
	rm -rf .venv dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src guard waf tests scripts -name __pycache__ -type d -exec rm -rf {} +
