# Everything a newcomer, a developer and the build need; each target sets up what it lacks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLOW ?= flows/konnector.yaml
# Tests wait half of their time: for a server, a lock, another process.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(3 + os.cpu_count())")
FRENCH := $(filter fr% FR%,$(or $(SGEFLOW_LANG),$(LC_ALL),$(LC_MESSAGES),$(LANG)))

# What one process compiles, the others find, whatever the caller's shell says of it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help machine run test again collect explore check lint types contracts documents coverage bench docs docs-serve pictures soak storm mutants cassettes wheel clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/sgeflow: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# The official schemas; where they cannot be had, the next target asks for them again.
$(VENV)/.oracle: $(BIN)/sgeflow pyproject.toml
	-$(BIN)/python -m pip install --quiet --group oracle && touch $@

$(VENV)/.test: $(BIN)/sgeflow pyproject.toml | $(VENV)/.oracle
	$(BIN)/python -m pip install --quiet --group test
	@$(BIN)/python -m tests.npm
	@touch $@

$(VENV)/.check: $(VENV)/.test pyproject.toml
	$(BIN)/python -m pip install --quiet --group check
	@touch $@

machine: ## install what the tests run beside Python: PostgreSQL, Chromium, Node (with apt-get, as root)
	@$(PYTHON) tests/machine.py

run: $(BIN)/sgeflow ## set up, and run the main job on the simulated household
	$(BIN)/sgeflow run $(FLOW)
	@command -v sgeflow >/dev/null || echo "$(if $(FRENCH),Pour taper sgeflow désormais :,To type sgeflow from here on:) . $(BIN)/activate"
	@echo "$(if $(FRENCH),Pour regarder l'année du foyer :,To look at the household's year:) $(BIN)/sgeflow page household 30000000000011 --open"

test: $(VENV)/.test ## set up, and run the tests; with STRICT=1 none may be skipped for want of a program
	SGEFLOW_STRICT=$(STRICT) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

again: $(VENV)/.test ## what failed in the last tests, once more and alone
	$(BIN)/python -m pytest -n 0 --last-failed --last-failed-no-failures none

collect: $(VENV)/.test ## import every test module, and run nothing
	$(BIN)/python -m pytest --collect-only -qq -n 0

explore: $(VENV)/.test ## the laws alone, with new examples each time
	SGEFLOW_EXAMPLES=explore $(BIN)/python -m pytest -n auto --dist worksteal -m hypothesis

check: $(VENV)/.check lint types contracts documents coverage ## all that the build checks

lint: $(VENV)/.check ## form and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/yamllint --strict operations flows environments homologation simulator tests/flows

types: $(VENV)/.check ## mypy, strict
	$(BIN)/mypy

contracts: $(VENV)/.check ## who may import whom
	$(BIN)/lint-imports

documents: $(VENV)/.check ## the shipped operations, flows and environments
	$(BIN)/sgeflow validate

coverage: $(VENV)/.check ## the tests with branch coverage
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term

cassettes: $(VENV)/.test ## record the tests' cassettes anew, against the simulator
	$(BIN)/sgeflow test tests/flows/recorded.test.yaml --record

soak: $(VENV)/.test ## the long proofs: rates, memory, kills, lost orders, a city's year; some forty minutes
	$(BIN)/python -m pytest -p no:randomly -rP -v tests/soak/proofs.py tests/soak/year.py

storm: $(VENV)/.test ## whole systems with faults, for MINUTES (60): kills, bad networks, full disks, wrong clocks
	$(BIN)/python -m tests.storm --minutes $(or $(MINUTES),60)

mutants: $(VENV)/.test ## faults that the tests must find, put into a copy of the tree; SECONDS=120 for a part
	$(BIN)/python -m tests.mutants $(if $(SECONDS),--seconds $(SECONDS))

bench: $(VENV)/.test ## measure beside the peers (docs/benchmarks.md)
	$(BIN)/python -m benchmarks

$(VENV)/.docs: $(BIN)/sgeflow pyproject.toml
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@

docs: $(VENV)/.docs ## build the documentation as a site, strictly: build/site
	$(BIN)/python -m docs.generate.site

docs-serve: docs ## show the site, on http://127.0.0.1:8123
	$(BIN)/python -m http.server 8123 --bind 127.0.0.1 --directory build/site

pictures: $(VENV)/.test ## take the pictures of the documentation anew, of what sgeflow does
	$(BIN)/python docs/generate/pictures.py

wheel: $(VENV)/.check ## build the wheel and the source archive
	$(BIN)/python -m build --no-isolation

clean: ## remove what the targets made
	rm -rf $(VENV) build dist .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
