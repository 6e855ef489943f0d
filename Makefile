# The two commands of the README are `make demo` and `make test`; both set everything up first.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
ARGS ?=

.PHONY: demo test check packages setup lock cell-laws safety-laws bench clean
.DEFAULT_GOAL := demo

demo: setup ## the reference study with fifteen simulated participants
	@$(BIN)/trialwright demo $(ARGS)

test: packages check ## everything the build runs
	$(BIN)/pytest -n 2 --dist loadfile

packages: ## what the tests need from the system: installed where it is missing and may be
	@bash scripts/need-packages chromium postgresql

check: setup ## the quick half: format, lint, types, import rules
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

setup: .venv/.ready ## .venv with trialwright in it

.venv/.ready: requirements/dev.txt pyproject.toml
	@bash scripts/make-venv "$(PYTHON)"
	@touch $@

cell-laws: setup ## ten thousand random sequences of acts about cells; the suite runs a few hundred
	TRIALWRIGHT_LONG=1 $(BIN)/pytest tests/conduct/test_cells_laws.py -n 2

safety-laws: setup ## five thousand random trials in which people come to harm; the suite runs a few
	TRIALWRIGHT_LONG=1 $(BIN)/pytest tests/safety/test_safety_laws.py -n 2

bench: setup ## speed, beside the peers, in one run (see benchmarks/README.md)
	@bash benchmarks/run $(ARGS)

lock: setup ## write the hashed requirement files anew from pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --extra dev --extra bench pyproject.toml -o requirements/bench.txt

clean:
	rm -rf .venv demo
