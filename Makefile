# `make demo` and `make test` need only python3 (3.10 or newer) with venv and pip, and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DATA := data
PYTEST := -n auto --dist worksteal
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo scorecard test check fuzz format clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16
	@echo "  PYTHON=python3.12 chooses the interpreter, VENV=path the environment."

demo: $(VENV)/.installed  ## from nothing to a map, and three questions to it
	$(BIN)/python applications/create_map.py
	$(BIN)/python applications/index_map.py query='["somewhere to sit", "the blue fridge", "a swimming pool"]'
	@echo "Look at $(DATA)/demo/map/tiny_view.png and $(DATA)/demo/map/answers/*.png"

scorecard: $(VENV)/.installed  ## how good everything is, on generated flats: a table and a page
	$(BIN)/python applications/scorecard.py $(SCORECARD)
	@echo "Look at $(DATA)/scorecard/scorecard.html"

test: $(VENV)/.installed-dev  ## all tests
	$(BIN)/python -m pytest $(PYTEST)

check: $(VENV)/.installed-dev  ## what CI runs: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(PYTEST)

fuzz: $(VENV)/.installed-dev  ## damaged files for every reader of recordings, a minute
	$(BIN)/python tests/fuzz.py --seconds 60

format: $(VENV)/.installed-dev  ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove the environment and the caches, not the data
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed; say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV); the first time takes a few minutes."
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV); the first time takes a few minutes."
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed
