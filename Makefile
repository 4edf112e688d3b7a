# Everything a newcomer needs: `make run`. Wants Python >= 3.11 as `python3`; Node.js >= 20 is
# taken from the PATH if it is there. Nothing is written outside this folder and FRONTLINE_HOME,
# but by `make test` as root on a machine without a browser: it installs Debian's chromium.
PYTHON ?= python3
BIN := .venv/bin

help:  ## what can be made
	@$(PYTHON) -c "import re; [print('  make %-11s %s' % m) for m in re.findall(r'^([\w-]+):.*?## (.*)', open('Makefile').read(), re.M)]"

run: setup  ## start the shop; Ctrl-C stops it
	@$(BIN)/frontline serve

setup:  ## the Python environment in .venv
	@$(PYTHON) tools/environment.py

storefront: setup  ## build the web page and the WeChat mini program
	@$(BIN)/python tools/storefront.py

desk: setup  ## lay out style and scripts of the back office
	@$(BIN)/python tools/desk.py

browser: setup
	@$(BIN)/python tools/browser.py
	@$(BIN)/python tools/storefront.py tests

# Many processes are started for these: what was compiled is kept, even where it commonly is not.
test check: export PYTHONDONTWRITEBYTECODE :=
test check: export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/bytecode

test: setup browser storefront desk  ## all tests, also those in a browser
	$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

bench: setup  ## orders a second against pgbench, pages against nginx
	$(BIN)/python bench/measure.py

bench-desk: setup  ## how long the desk takes on a shop of a million orders
	$(BIN)/python bench/desk.py

lighthouse: setup browser storefront desk  ## how fast and accessible storefront and desk are
	$(BIN)/python bench/lighthouse.py

check: setup  ## style, types, floors, migrations and lock
	$(PYTHON) tools/environment.py check
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/frontline migrate --check
	$(BIN)/python tools/storefront.py check

lock:  ## renew requirements.txt and requirements-node.txt
	@$(PYTHON) tools/environment.py lock
	@$(BIN)/python tools/storefront.py lock

clean:  ## remove the environment; the data stay
	@$(PYTHON) -c "import shutil; [shutil.rmtree(it, True) for it in ('.venv', '.cache', 'storefront/node_modules', 'storefront/dist', 'desk/node_modules', 'desk/dist')]"

.PHONY: help run setup storefront desk browser test bench lighthouse check lock clean
