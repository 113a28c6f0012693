# Two commands do everything: `make demo` and `make test`. The rest is for those who change the code.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Compiled modules make every command start in half the time.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help install demo bench test test-deep check lint types imports lock clean

help:  ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt

$(VENV)/.installed: requirements/dev.txt pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

# Our own modules are compiled too, for those who call them where Python is told to write none.
install: $(VENV)/.installed  ## install everything into .venv, at the versions that were locked
	@$(BIN)/python -m compileall -q src examples/retail

demo: install  ## run the reference shop for a week and show the result
	$(BIN)/python examples/retail/demo.py

bench: install  ## measure the reference shop at scales 1 and 10, into benchmarks/README.md
	$(BIN)/python benchmarks/retail.py

test: install  ## run the tests
	$(BIN)/python -m pytest -n auto --maxprocesses 4

test-deep: install  ## run the properties with many more examples, and kill fifty runs at random
	EXAMPLES=1000 $(BIN)/python -m pytest -n auto --maxprocesses 4 tests/properties
	LAKEWRIGHT_KILLS=50 $(BIN)/python -m pytest tests/acceptance/test_crash.py

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports

check: lint types imports test  ## everything that must hold before a commit lands

lock: | $(BIN)/uv  ## choose versions anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    --extra sandbox --group dev pyproject.toml -o requirements/dev.txt
	echo uv | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 - -o requirements/uv.txt

clean:  ## remove what was installed and made
	rm -rf $(VENV) demo
