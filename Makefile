# The one list of tasks. Needs make and Python 3.11 or newer; brings the rest into .venv.
# A second call of anything is instant: stamp files say what is up to date.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Trust the certificates that this machine trusts, as pip does.
export UV_SYSTEM_CERTS := true
# Compiled modules are kept, whatever is set: hundreds of processes of the tests load them again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell tools/find_python.sh)
BIN := .venv/bin
RUN := PATH="$(CURDIR)/$(BIN):$(CURDIR)/.venv/node:$$PATH"
NPM := $(RUN) npm --prefix dashboard --no-audit --no-fund --no-update-notifier
UV_INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python \
	--constraints constraints.txt --build-constraints constraints.txt
GROUPS := --group test --group lint --group bench --group audit --group tools

.PHONY: help setup demo test faults fuzz coverage bench lint audit format types docs docs-check \
	dashboard browser kafka constraints clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.installed .venv/node/.ready ## put every pinned dependency into .venv

demo: setup dashboard ## log a real training run and show it in the dashboard
	@echo "▸ demo: training, and serving the page"
	@$(BIN)/runtide demo

test: setup dashboard browser kafka ## everything that must hold: the dashboard's tests, then pytest
	@echo "▸ test: the dashboard's unit tests"
	@$(NPM) test --silent
	@echo "▸ test: pytest"
	@$(RUN) pytest --numprocesses auto --dist loadfile

faults: setup dashboard kafka ## rounds of kills, full disks, hung servers and cut networks
	@echo "▸ faults: 100 rounds of each fault of one folder, 50 of each of a cluster"
	@RUNTIDE_FAULT_ROUNDS=100 RUNTIDE_FAULT_CLUSTER_ROUNDS=50 $(BIN)/pytest tests/faults --timeout 7200 \
		--numprocesses logical --maxprocesses 4

fuzz: setup ## ten minutes of fuzzing of everything that strangers send
	@for target in codec door encoding; do \
		echo "▸ fuzz: $$target"; mkdir -p .fuzz/$$target; \
		$(BIN)/python -m tests.fuzz.targets $$target -max_total_time=200 -max_len=65536 -rss_limit_mb=1024 \
			-verbosity=0 -artifact_prefix=.fuzz/ .fuzz/$$target tests/data/golden; \
	done

coverage: setup ## every branch of every core is executed by its own tests
	@$(BIN)/pytest -q tests/unit tests/properties --cov --cov-report=term \
		--numprocesses logical --maxprocesses 4 --dist loadfile

bench: setup kafka dashboard browser ## measure, and write benchmarks/results
	@for file in benchmarks/bench_*.py; do \
		echo "▸ bench: $$file"; $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)"; \
	done

lint: setup .venv/.dashboard-installed ## style, layers, spelling
	@echo "▸ lint: ruff"; $(BIN)/ruff check --quiet --output-format concise && $(BIN)/ruff format --check --quiet
	@echo "▸ lint: layers"; $(BIN)/lint-imports --no-cache | sed '/[╔║╚└]/d; /^$$/d'
	@echo "▸ lint: spelling"; git ls-files -z | xargs -0 $(BIN)/codespell
	@echo "▸ lint: dashboard"; $(NPM) run --silent lint $(if $(CI),-- --colors=off)

audit: setup .venv/.dashboard-installed ## known weaknesses of dependencies
	@$(RUN) tools/audit_dependencies.sh $(BIN)/pip-audit npm

format: setup ## mend what a machine can mend
	@$(BIN)/ruff check --fix --quiet || true; $(BIN)/ruff format --quiet

types: setup .venv/.dashboard-installed ## mypy strict, and tsc
	@echo "▸ types: mypy"; $(BIN)/mypy
	@echo "▸ types: tsc"; $(NPM) run --silent types

docs: setup ## write the generated reference
	@$(BIN)/python -m tools.generate_docs

docs-check: setup ## fail when the committed reference is not the generated one
	@$(BIN)/python -m tools.generate_docs --check

dashboard: query_api/static/index.html runtide/widget/static/widget.js ## build the web app, and the notebook's widget

browser: ## find or install the browser that the tests drive
	@tools/ensure_browser.sh

kafka: .venv/kafka/classes.jsa ## fetch the broker that the tests start

constraints: .venv/.uv ## resolve pyproject.toml anew into constraints.txt
	@tools/compile_constraints.sh $(BIN)/uv $(ARGS)

clean: ## remove everything that make made
	rm -rf .venv dashboard/node_modules query_api/static runtide/widget/static build dist \
		.fuzz .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .import_linter_cache

# ── stamps ──────────────────────────────────────────────────────────────────────────

.venv/.uv: | tools/find_python.sh
	@test -n "$(PYTHON)" || { tools/find_python.sh --explain; exit 1; }
	@echo "▸ setup: a virtual environment with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { tools/find_python.sh --explain-venv; exit 1; }
	@tools/pinned.sh uv > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps --requirement .venv/uv.txt
	@touch $@

.venv/.installed: .venv/.uv pyproject.toml constraints.txt
	@echo "▸ setup: the packages pinned in constraints.txt (1.6 GB once unpacked)"
	@$(UV_INSTALL) $(GROUPS) --editable '.[server,cluster,demo,notebook]'
	@touch $@

.venv/node/.ready: .venv/.uv constraints.txt
	@UV_INSTALL='$(UV_INSTALL)' tools/ensure_node.sh .venv
	@touch $@

.venv/kafka/.ready: .venv/.uv tools/kafka/pom.xml
	@tools/ensure_kafka.sh .venv

.venv/kafka/classes.jsa: .venv/kafka/.ready .venv/.installed
	@echo "▸ setup: Apache Kafka, started once to keep its classes"
	@$(BIN)/python -m tests.broker_classes

.venv/.dashboard-installed: .venv/node/.ready dashboard/package.json dashboard/package-lock.json
	@echo "▸ dashboard: npm packages"
	@$(NPM) ci --loglevel error >/dev/null
	@touch $@

DASHBOARD_SOURCES := $(shell find dashboard -type f -not -path '*/node_modules/*' 2>/dev/null)

query_api/static/index.html: .venv/.dashboard-installed $(DASHBOARD_SOURCES)
	@echo "▸ dashboard: build"
	@$(NPM) run --silent build
	@touch $@

runtide/widget/static/widget.js: .venv/.dashboard-installed $(DASHBOARD_SOURCES)
	@echo "▸ dashboard: build the notebook's widget"
	@$(NPM) run --silent build-widget
	@touch $@
