# Every target makes the virtual environment it needs; nothing has to be installed by hand but Python 3.11+.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VIEWER := adapters/web/assets/model-viewer.min.js
HAS_NPM := $(shell command -v node >/dev/null && command -v npm >/dev/null && echo yes)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# `make demo PROMPT="a red lantern" IMAGE=photo.jpg`; both optional. Passed by environment, so quotes are safe.
export PROMPT ?=
export IMAGE ?=

.DEFAULT_GOAL := help
.PHONY: help demo run test test-slow properties torture mutants assets lint lock audit screenshots clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

demo: $(VENV)/.ready assets $(VENV)/.drawing ## make a 3D model with the local Rodin simulator: no account, no key
	@set --; if [ -n "$$IMAGE" ]; then set -- --image "$$IMAGE"; fi; \
	if [ -n "$$PROMPT" ]; then set -- "$$@" -- "$$PROMPT"; fi; \
	exec $(BIN)/rodin-bot demo --chat "$$@"

run: $(VENV)/.ready assets $(VENV)/.drawing ## run the bot with the settings in .env
	@exec $(BIN)/rodin-bot run

test: $(VENV)/.ready-dev assets $(VENV)/.drawing ## run the tests, in parallel
	$(BIN)/python -m pytest -n auto -m "not slow" -q

# Much of it waits for other processes to start and to end.
SLOW_WORKERS := $(shell echo $$(( 2 * $$(nproc 2>/dev/null || echo 2) )))

test-slow: $(VENV)/.ready-dev assets $(VENV)/.drawing ## run what kills, loads and takes minutes
	$(BIN)/python -m pytest -n $(SLOW_WORKERS) --dist loadfile -m "slow and not alone" -q
	$(BIN)/python -m pytest -m "slow and alone" -q

properties: $(VENV)/.ready-dev ## the property-based tests with many more examples, at random
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n auto -q tests/properties

MINUTES ?= 10
SEED ?=
NAMES ?=

torture: $(VENV)/.ready-dev $(VENV)/.drawing ## kill the bot again and again and compare all ledgers; MINUTES=10 SEED=…
	$(BIN)/python -m tests.e2e.torture --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

mutants: $(VENV)/.ready-dev ## plant bugs in copies of this tree and show that each is noticed; NAMES="…" for some
	$(BIN)/python -m tests.mutants $(NAMES)

ifeq ($(HAS_NPM),yes)
assets: $(VIEWER) ## bring the 3D viewer of the web pages from npm
else
assets:
	@[ -f $(VIEWER) ] || echo "No Node.js and npm here: web pages will turn pictures instead of the model."
endif

lint: $(VENV)/.ready-dev ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: | $(BIN)/python ## write requirements*.txt anew: every version pinned, every file hashed, no addresses
	@$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --python-version 3.11 \
		pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --python-version 3.11 \
		pyproject.toml --extra dev --extra postgres --constraint requirements.txt --output-file requirements-dev.txt
	echo pip-audit | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --python-version 3.11 - --output-file requirements-audit.txt

# In an environment of its own: what audits shares nothing with what is audited.
AUDIT := .venv-audit

audit: $(AUDIT)/.ready ## known flaws of all pinned packages; ends with error 1 for a flaw, 3 where nobody answers
	@$(AUDIT)/bin/python .ci/audit.py requirements.txt requirements-dev.txt requirements-audit.txt

$(AUDIT)/.ready: requirements-audit.txt
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-audit.txt
	@touch $@

screenshots: $(VENV)/.ready-dev $(VENV)/.drawing ## draw the pictures of Discord in docs/images anew (needs Chromium)
	$(BIN)/python -m docs.screenshots

clean: ## remove what the other targets made, but not your data
	rm -rf $(VENV) .venv-audit build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Nothing of the bot needs Node.js: where npm fails, the pages do without the viewer.
$(VIEWER): package-lock.json adapters/web/build_assets.py | $(BIN)/python
	@echo "Bringing the 3D viewer of the web pages from npm …"
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && cp package.json package-lock.json "$$folder" && \
	(cd "$$folder" && npm ci --omit=dev --ignore-scripts --fetch-retries=1 --no-audit --no-fund --loglevel=error >/dev/null) && \
	$(BIN)/python -m adapters.web.build_assets --modules "$$folder/node_modules" || \
	echo "npm could not bring it: web pages will turn pictures instead of the model."

# Models are drawn with OpenGL in software, which Mesa brings. Without it Rodin's own pictures stand in.
MESA := libegl1 libgl1-mesa-dri libopengl0

$(VENV)/.drawing: | $(BIN)/python
	@if dpkg -s $(MESA) >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing what draws the models ($(MESA)) …"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends $(MESA); } \
			>/dev/null 2>&1 || echo "apt-get could not install $(MESA): Rodin's own pictures will stand in."; \
	elif [ "$$(uname)" = Linux ]; then \
		echo "To draw models, this machine may need: sudo apt-get install --no-install-recommends $(MESA)"; \
		echo "Without it Rodin's own pictures stand in."; \
	fi
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Rodin Bot needs Python 3.11 or newer; say which with: make PYTHON=python3.12 …" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Rodin Bot needs into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt package-lock.json $(VENV)/.ready
	@echo "Installing what the tests need into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else echo "npm is not here: the Khronos validator's tests are left out."; fi
	@touch $@
