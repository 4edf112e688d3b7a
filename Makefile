# Everything a newcomer needs: `make run`. Wants Python >= 3.11 as `python3`; nothing else is
# taken from the PATH, and nothing is written outside this folder and FRONTLINE_HOME.
PYTHON ?= python3
BIN := .venv/bin

help:  ## what can be made
	@$(PYTHON) -c "import re; [print('  make %-8s %s' % m) for m in re.findall(r'^(\w+):.*?## (.*)', open('Makefile').read(), re.M)]"

run: setup  ## start the shop; Ctrl-C stops it
	@$(BIN)/frontline serve

setup:  ## the Python environment in .venv
	@$(PYTHON) tools/environment.py

test: setup  ## all tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile

bench: setup  ## orders a second against pgbench, pages against nginx
	$(BIN)/python bench/measure.py

check: setup  ## style, types, floors, migrations and lock
	$(PYTHON) tools/environment.py check
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/frontline migrate --check

lock:  ## renew requirements.txt from pyproject.toml
	@$(PYTHON) tools/environment.py lock

clean:  ## remove the environment; the data stay
	@$(PYTHON) -c "import shutil; [shutil.rmtree(it, True) for it in ('.venv', '.cache')]"

.PHONY: help run setup test bench check lock clean
