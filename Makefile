# Everything a newcomer runs. The first target that needs Python sets up .venv; nothing outside this folder is changed.
#
#   make PYTHON=/path/to/python3.13 test    choose the interpreter for a new .venv (`make clean` first if there is one)
#   make ARGS="-k crisis -x" test           hand options to pytest, the demo or the benchmarks
#   make WORKERS=0 test                     test in one process

VENV    := .venv
PY      := $(VENV)/bin/python
MADE    := $(VENV)/.made
STAMP   := $(VENV)/.installed
TESTED  := $(VENV)/.installed-for-tests
BOUNDS  := .venv-bounds
OLDEST  := $(BOUNDS)/bin/python
SITE    := $(VENV)/.installed-for-docs
WORKERS := 2
ARGS    :=

# A test that does not end is named, with what each thread waits for, and fails; 600 s are far more than any takes.
BOUNDED := -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true --max-worker-restart 0

# That an interpreter's name is found says nothing: a version manager's shim may stand for a version it does not have.
# So each is run, and must be new enough and able to make an environment; it then prints its own path.
CANDIDATES := python3.13 python3.12 python3.14 python3 python "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/*/bin/python3
FITS       := import sys, venv, ensurepip; sys.version_info >= (3, 12) or sys.exit(1); print(sys.executable)
SEARCH      = for python in $(if $(PYTHON),"$(PYTHON)",$(CANDIDATES)); do \
                "$$python" -c '$(FITS)' 2>/dev/null </dev/null && break; \
              done
NONE_FITS   = $(if $(PYTHON),$(PYTHON) is not a working Python 3.12 or newer with its venv module,no working Python 3.12 \
                or newer with its venv module was found; install one, or name one: make PYTHON=/path/to/python)
BASE        = $(or $(shell $(SEARCH)),$(error $(NONE_FITS)))

# Byte code is written by whatever is imported first, even where Python is told to write none: the libraries hold ten
# times as much as is ever used, and to compile it all takes longer than the rest of an installation.
PIP_INSTALL = $(PY) -m pip install -qq --disable-pip-version-check --no-compile --constraint constraints.txt
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test test-long test-reliability test-bounds lint compiled docs benchmark clean anew
.DEFAULT_GOAL := help

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/\1#\2/p' Makefile | while IFS='#' read -r target does; do \
	  printf 'make %-17s %s\n' "$$target" "$$does"; done

demo: $(STAMP)  ## a small study: prints a table and the paths of three figures
	@$(PY) -m simulation demo $(ARGS)

test: $(TESTED)  ## lint, then every test that is not slow
	@$(LINT_AND_COMPILE)
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile $(BOUNDED) -m "not slow" $(ARGS)

test-long: $(TESTED)  ## lint, then every test but those of reliability
	@$(LINT_AND_COMPILE)
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile -m "not reliability" $(ARGS)

# The table of the page on reliability is made of what its cells came to. A run that was ended goes on where it was.
CELLS := $(VENV)/cells.jsonl

test-reliability: $(TESTED)  ## every command under every fault, and an attack on every door: hours
	@$(PY) -m simulation compile
	@FAULTS_RECORD=$(abspath $(CELLS)) $(PY) -m pytest -m reliability $(ARGS); status=$$?; \
	  test ! -f $(CELLS) || $(PY) -m tests.faults.table $(CELLS) docs/reliability.md; exit $$status

# As above, but for what no library could break; the compiler works into the environment, not beside code of today's.
test-bounds:  ## the tests, with the oldest libraries that are allowed, in an environment of their own
	@"$(BASE)" -m venv --clear $(BOUNDS)
	@"$(BASE)" tests/lower_bounds.py > $(BOUNDS)/bounds.txt
	@$(OLDEST) -m pip install -qq --disable-pip-version-check --requirement $(BOUNDS)/bounds.txt
	@$(OLDEST) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@ASYMMETRIC_ALLIANCES_CACHE="$(CURDIR)/$(BOUNDS)" $(OLDEST) -m simulation compile
	@ASYMMETRIC_ALLIANCES_CACHE="$(CURDIR)/$(BOUNDS)" $(OLDEST) -m pytest -n $(WORKERS) --dist loadfile $(BOUNDED) \
	  -m "not slow" --ignore tests/house $(ARGS)

lint: $(TESTED)  ## check style and types of the code
	@$(PY) -m ruff check .
	@$(PY) -m mypy

# Compiled once before the tests, else every process that tests would compile the same, side by side; types are checked
# meanwhile, on whatever core is free.
LINT_AND_COMPILE = $(MAKE) --no-print-directory -j2 lint compiled

compiled: $(TESTED)
	@$(PY) -m simulation compile

docs: $(SITE)  ## the documentation as a site in build/site; what MkDocs warns of is an error
	@$(PY) -m website

benchmark: $(TESTED)  ## measure the speed
	@$(PY) benchmarks/run.py
	@$(PY) benchmarks/equilibrium.py
	@$(PY) benchmarks/ensemble.py $(ARGS)

clean:  ## remove environments, caches and build leftovers; results stay
	@rm -rf $(VENV) $(BOUNDS) .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment whose interpreter still fits is brought up to date; one whose interpreter has gone is made anew.
# The build tool is installed by its constraint as well, because pip's own build environments would ignore that.
$(MADE): pyproject.toml constraints.txt $(if $(shell test -x $(PY) && echo yes),,anew)
	@$(if $(shell $(PY) -c '$(FITS)' 2>/dev/null),echo "Bringing $(VENV) up to date ...", \
	  echo "Setting up $(VENV) with $$("$(BASE)" --version) (a minute, once) ..." \
	  && "$(BASE)" -m venv --clear $(VENV))
	@$(PIP_INSTALL) hatchling
	@touch $@

# The program and what it needs; what tests need comes with the first of them.
$(STAMP): $(MADE)
	@$(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

$(TESTED): $(MADE)
	@$(PIP_INSTALL) --no-build-isolation --editable '.[test]'
	@touch $(STAMP) $@

$(SITE): $(TESTED)
	@$(PIP_INSTALL) --no-build-isolation --editable '.[docs]'
	@touch $@

anew:
