# make demo: the whole contact centre on this machine.   make test: everything CI runs.
# Both fetch what they need into this folder; nothing of the system's Python is touched.

SHELL := /bin/bash
export VIRTUAL_ENV :=
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export PYTHONUNBUFFERED := 1
PORT ?= 8000
export PORT
PYTHON := .venv/bin/python
# Options of the demo: make demo ARGS='--no-customers'
ARGS ?=

.PHONY: demo test lint messages sync browser corpora twilio imap lock clean

demo: sync
	@exec $(PYTHON) manage.py demo $(ARGS)

test: sync browser corpora twilio imap
	@exec bash .ci/checks

lint: sync
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

# After changing a text: collects it for the translators and compiles what they wrote. Needs GNU gettext.
messages: export SECRET_KEY = unused
messages: export DATABASE_URL = postgres:///
messages: export REDIS_URL = redis://
messages: sync
	@$(PYTHON) manage.py makemessages --no-location --no-obsolete -l nl -l de -l fr -i var -i tests -i '.*'
	@$(PYTHON) manage.py compilemessages -i '.*'

sync:
	@exec bash .ci/sync

browser:
	@exec bash .ci/browser

corpora: sync
	@exec $(PYTHON) .ci/corpora

twilio: sync
	@exec $(PYTHON) .ci/twilio

imap:
	@exec bash .ci/imap

lock:
	@exec bash .ci/sync lock

clean:
	rm -rf .uv .venv staticfiles .mypy_cache .ruff_cache .pytest_cache var/test
	@echo "The demo's data in var/ is kept; remove var/ yourself to start anew."
