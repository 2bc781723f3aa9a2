# An Sinh: the commands of a newcomer. `make demo` shows the main job, `make test` passes all tests.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
SITE ?= demo.local
PORT ?= 8000
SERVE ?= 1
WORKERS ?= 2
PEOPLE ?= 100000
SECONDS ?= 240

.PHONY: help setup demo forms test test-app test-host test-served perf load gallery guides permissions lint audit fuzz clean system-python system-demo system-test

help:
	@echo "make demo          set up everything, run four months of a made-up city, then serve the desk on port $(PORT)"
	@echo "make demo SERVE=0  the same without serving"
	@echo "make forms         picture every official paper of the demo site into docs/forms"
	@echo "make test          set up and run all tests, WORKERS=$(WORKERS) groups at once"
	@echo "make lint          ruff, bandit and mypy over the code (part of make test)"
	@echo "make audit         known vulnerabilities of the installed libraries, by pip-audit's database"
	@echo "make fuzz          every parser with odd input for SECONDS=$(SECONDS)"
	@echo "make perf          measure, as ratios within one run"
	@echo "make load          fifty people at work over HTTP for SECONDS=$(SECONDS) on a site of PEOPLE=$(PEOPLE)"
	@echo "make permissions   write docs/permissions.md, who sees what, from the app's metadata"
	@echo "make gallery       pictures of the demo site's desks, forms and reports, in docs/gallery"
	@echo "make guides        pictures of a month's steps, by clicking through it on a copy of the demo site, in docs/roles"

setup: $(VENV)/.ready

# Before and not in the recipe of .ready, which is written out as a whole before its first line runs.
system-python:
	@test -n "$(PYTHON)" || sh tools/system_packages.sh python

$(VENV)/.ready: pyproject.toml | system-python
	@test -n "$(PYTHON)" || { echo "Python 3.10 to 3.13 is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh tools/system_packages.sh venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[host,test]'
	@# The command is made here, not by the package: on a bench only ansinh_app is installed.
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m benchless "$$@"\n' > $(BIN)/benchless && chmod +x $(BIN)/benchless
	@touch $@

system-demo:
	@sh tools/system_packages.sh pdf

system-test:
	@sh tools/system_packages.sh pdf browser mariadb

demo: setup system-demo
	$(BIN)/python -m sample.demo --site $(SITE) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

# Pictures of every official paper and docs/forms.md, from the site that `make demo` made.
forms: setup system-demo
	$(BIN)/python -m sample.forms --site $(SITE)

test: setup system-test
	@# Three groups at once: each has a site of its own, and a process works for one site at a time.
	$(MAKE) -j$(WORKERS) --output-sync=target --no-print-directory -k test-app test-host test-served lint

test-app:
	$(BIN)/python -m pytest tests/core ansinh_app tests/contract

test-host:
	$(BIN)/python -m pytest tests/host

test-served:
	$(BIN)/python -m pytest tests/recovery tests/upgrade tests/security tests/browser

perf: setup
	$(BIN)/python -m benchmarks

# Fifty people at work over HTTP on a site of PEOPLE, for SECONDS; building the site takes some minutes.
load: setup
	$(BIN)/python -m benchmarks load=$(PEOPLE),$(SECONDS)

gallery: setup system-test
	$(BIN)/python -m sample.gallery --site $(SITE)

guides: setup system-test
	$(BIN)/python -m sample.guides --site $(SITE)

permissions: setup
	$(BIN)/python -m tools.permissions

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml ansinh_app benchless sample benchmarks tools

audit: setup
	@$(BIN)/python tools/audit.py

fuzz: setup
	@$(BIN)/python tools/fuzz.py $(SECONDS)

clean:
	rm -rf $(VENV) sites sample/out
