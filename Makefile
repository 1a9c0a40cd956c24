# `make labs` and `make test` are all one needs; `make help` lists the rest.
# Needs GNU make 3.81 or later, a POSIX shell (on Windows: Git Bash) and uv or Python 3.11 to 3.13.

.DEFAULT_GOAL := help
.PHONY: help labs test start bench lint clean

ifeq ($(OS),Windows_NT)
TOOLS := .tools/Scripts
PRIVATE_UV := $(TOOLS)/uv.exe
else
TOOLS := .tools/bin
PRIVATE_UV := $(TOOLS)/uv
endif

# uv as it is on this machine, else one of our own in .tools/, which no other project sees.
ifneq ($(shell command -v uv 2>/dev/null),)
UV := uv
SETUP :=
else
UV := $(PRIVATE_UV)
SETUP := $(PRIVATE_UV)
endif

# uv puts the environment in order before each command, which takes no time when it is in order,
# and takes nothing away: after `make test` the developer's tools stay for the next `make labs`.
# --locked: exactly what uv.lock says.
AS_LEARNER := $(UV) run --locked --no-dev
AS_DEVELOPER := $(UV) run --locked

# An environment active in the user's shell is none of our business, and uv would remark on it.
unexport VIRTUAL_ENV

# A new environment is compiled at once: else the first lab pays for it.
ifeq ($(wildcard .venv),)
export UV_COMPILE_BYTECODE := 1
endif

help: ## this list
	@echo "make labs    run every lab from end to end; the report is build/report/index.html"
	@echo "make start   copy the labs to work/ and open them in JupyterLab"
	@echo "make test    run the tests"
	@echo "make lint    check style and types, and that the notebooks match their sources"
	@echo "make bench   measure speed and quality"
	@echo "make clean   remove what was built; never your work"

labs: $(SETUP)
	@$(AS_LEARNER) lab-kit run

start: $(SETUP)
	@$(AS_LEARNER) lab-kit start

test: $(SETUP)
	@$(AS_DEVELOPER) pytest

bench: $(SETUP)
	@$(AS_DEVELOPER) pytest -s -o python_files='bench_*.py' tests/benchmarks

lint: $(SETUP)
	@$(AS_DEVELOPER) ruff check
	@$(AS_DEVELOPER) ruff format --check
	@$(AS_DEVELOPER) mypy
	@$(AS_DEVELOPER) lab-kit lint
	@$(AS_DEVELOPER) lab-kit build --check

clean:
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find lab_kit tests labs -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

# The first Python of the right age that can make environments. Each is really run: a name on the
# PATH may be a shim (pyenv) or an invitation to a shop (Windows).
$(PRIVATE_UV):
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	    if "$$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then \
	        echo "Setting up uv in .tools/ with $$python (once) ..."; \
	        "$$python" -m venv .tools && \
	        $(TOOLS)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1" && \
	        exit 0; \
	        echo "uv could not be installed. Next: check the network or proxy, then run make again."; \
	        rm -rf .tools; exit 1; \
	    fi; \
	done; \
	echo "No Python 3.11, 3.12 or 3.13 with venv was found, and no uv."; \
	echo "Next: install Python 3.12 from https://www.python.org/downloads/"; \
	echo "(on Debian and Ubuntu: sudo apt install python3-venv), or uv, which brings a Python"; \
	echo "along: https://docs.astral.sh/uv/. Then run make again."; \
	exit 1
