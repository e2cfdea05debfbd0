# Each line is one that a person could type. `make run` and `make test` do all the set-up on a fresh machine.
PYTHON ?= python3
export HRDOCS_LOCAL = 1

run: .venv/installed
	@.venv/bin/python manage.py run_local

test: .venv/installed-dev
	@.venv/bin/python -m pytest -n 2 --maxschedchunk 1

lint: .venv/installed-dev
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

bench: .venv/installed
	.venv/bin/python manage.py bench --size $(or $(SIZE),100000)

backup: .venv/installed
	@.venv/bin/python manage.py backup

restore: .venv/installed
	@$(if $(SIGNER)$(filter yes,$(UNSIGNED)),,echo "Name the public half of the signer: SIGNER=backup_signer.pub. Whoever could write to the folder may have made an unsigned backup; to bring one back all the same: UNSIGNED=yes."; exit 2)
	@.venv/bin/python manage.py restore "$(FROM)" --key "$(KEY)" $(if $(SIGNER),--signer "$(SIGNER)",--unsigned) $(if $(HEADS),--heads "$(HEADS)")

docs: .venv/installed
	.venv/bin/python manage.py data_dictionary --write

lock: .venv/installed-dev
	.venv/bin/python -m pip install --quiet uv
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --upgrade --exclude-newer "7 days" requirements.in -o requirements.txt
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --upgrade --exclude-newer "7 days" dev-requirements.in -o dev-requirements.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hrdocs needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt install python3-venv"; exit 1; }
	@$(PYTHON) -c 'import shutil, sys; free = shutil.disk_usage(".").free // 2**20; sys.exit(f"Not enough disk space: {free} MB are free here, 1500 MB are needed." if free < 1500 else 0)'
	@echo "Making the virtual environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.txt
	@echo "Installing what the program needs (about half a minute)"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed dev-requirements.txt
	@echo "Installing what the tests need"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r dev-requirements.txt
	@touch $@

.PHONY: run test lint bench backup restore docs lock
