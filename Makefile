# Everything runs from here. `make` alone explains itself.
# .venv is built on first use from requirements.lock: all that is needed before is Python 3.11 or newer.

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
STAMP := .venv/.installed
NODE_STAMP := tests/browser/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help reports check test lab lint format bench lock sample clean

help: ## say what there is to make
	@echo 'make TARGET, with one of:'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
	@echo 'PYTHON=python3.12 chooses the interpreter, WORKERS=4 the number of processes.'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'scsr needs Python 3.11 or newer; say which with: make PYTHON=python3.12'; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { echo 'could not make .venv; on Debian and Ubuntu: apt install python3-venv'; rm -rf .venv; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

reports: $(STAMP) ## prepare the data and render every report: open reports/index.html
	$(BIN)/scsr prepare --workers $(WORKERS)
	$(BIN)/scsr render --workers $(WORKERS)

check: $(STAMP) $(NODE_STAMP) ## open every page of reports/ in Chromium: accessibility, requests, validity
	$(BIN)/python -m tests.check_reports reports

# What the browser tests check pages with. Without Node.js, or without a network, they skip with the reason.
$(NODE_STAMP): tests/browser/package-lock.json
	@if command -v npm >/dev/null; then \
	  npm ci --prefix tests/browser --ignore-scripts --silent && touch $@ || \
	    echo 'npm could not install axe-core; the tests that need it will skip'; \
	else echo 'no npm: the tests that need axe-core will skip; on Debian and Ubuntu: apt install nodejs npm'; fi

test: $(STAMP) $(NODE_STAMP) ## run the tests, with coverage
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term

lab: $(STAMP) ## open JupyterLab on the notebooks
	$(BIN)/scsr prepare --workers $(WORKERS)
	$(BIN)/jupyter lab notebooks

lint: $(STAMP) ## check style, types and that notebooks hold no output
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nbstripout --verify notebooks/*.ipynb

format: $(STAMP) ## mend the style and strip the notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

bench: $(STAMP) ## measure from ten thousand utterances to ten million cases, in one table (an hour)
	$(BIN)/python benchmarks/scale.py

sample: $(STAMP) ## draw the simulated part of the sample data again
	$(BIN)/scsr simulate data/raw/sample/simulated --seed 1

lock: $(STAMP) ## pin every dependency again, with hashes and without addresses
	$(BIN)/uv pip compile pyproject.toml --extra icelandic --extra cluster --group test --group bench --group lint --group lock \
	  --group build --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
	  --upgrade --output-file requirements.lock

clean: ## remove what was made: .venv, processed data and reports
	rm -rf .venv data/processed .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* node_modules tests/browser/node_modules
	find reports -mindepth 1 ! -name reports.toml -delete
