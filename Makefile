# `make run` and `make test` install what they need below this directory and work from a fresh clone.
# Everything that is built lands in .tools, .venv, node_modules and tracker/static/vendor; `make clean` removes it.

PYTHON ?= python3
PYTEST_ARGS ?=
UPGRADE ?=

UV := .tools/bin/uv
NODE := .tools/node/bin/node
BIN := .venv/bin
# Stamps: a target below is rebuilt when one of the files it names is newer.
RUNTIME := .venv/.installed-runtime
DEVELOPMENT := .venv/.installed-development
PACKAGES := node_modules/.package-lock.json
STYLES := tracker/static/vendor/designsystem.css

export PYTHON
# Only the Python that is on the machine, never one downloaded behind the reader's back.
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test soak bench lint format lock assets test-tools clean .venv

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUNTIME) assets  ## what production needs, and nothing more

run: $(RUNTIME) assets  ## start Varvet with demo content on http://127.0.0.1:8000 (HOST, PORT)
	@exec $(BIN)/python scripts/run.py

test: lint test-tools assets  ## all tests but the soak runs (PYTEST_ARGS="-k dialog" for some of them)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

soak: $(DEVELOPMENT) test-tools assets  ## the long fault and accessibility runs
	$(BIN)/python -m pytest -m soak $(PYTEST_ARGS)

bench: $(DEVELOPMENT) assets  ## the benchmarks, with a table of ratios at the end
	$(BIN)/python -m bench

lint: $(DEVELOPMENT)  ## what the linter and the formatter would change
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(DEVELOPMENT)  ## let the linter and the formatter change it
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(UV) $(NODE)  ## compile the lists of exact versions again (UPGRADE=--upgrade for newer ones)
	UPGRADE=$(UPGRADE) scripts/lock.sh

assets: $(STYLES)
	@$(BIN)/python -m whitenoise.compress --quiet tracker/static

clean:  ## remove what was built; the database in instance/ stays
	rm -rf .tools .venv node_modules tracker/static/vendor .pytest_cache .ruff_cache
	find tracker/static -name '*.gz' -delete

$(UV): scripts/install_uv.sh
	scripts/install_uv.sh

.venv: $(DEVELOPMENT)

$(BIN)/python: | $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) .venv

$(RUNTIME): requirements.txt | $(BIN)/python
	$(UV) pip install --quiet --python .venv --require-hashes --compile-bytecode -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	$(UV) pip install --quiet --python .venv --require-hashes --compile-bytecode -r requirements-dev.txt
	@touch $@

$(NODE): scripts/install_node.sh | $(UV)
	scripts/install_node.sh

$(PACKAGES): package.json package-lock.json .npmrc | $(NODE)
	PATH="$(CURDIR)/$(dir $(NODE)):$$PATH" npm ci --ignore-scripts --loglevel=error
	@touch $@

$(STYLES): scripts/build_assets.py designsystemet.config.json $(PACKAGES) | $(RUNTIME)
	$(BIN)/python scripts/build_assets.py $(NODE)

test-tools: $(DEVELOPMENT) $(NODE)
	@scripts/install_test_tools.sh
