# One command for each thing one does. Everything is kept inside the checkout (.venv, .tools):
# no sudo, no service, nothing written to the home folder but the package cache.

.DEFAULT_GOAL := help
.PHONY: help setup run test corpus check bench chaos docs

PORT ?= 8000
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# Servers, workers and tests start many processes: what one compiles the next finds.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this list
	@sed -n 's/^\([a-z]*\):.* ## \(.*\)/make \1#\2/p' Makefile | awk -F'#' '{printf "  %-12s %s\n", $$1, $$2}'

setup: ## install Apostil and its developer tools into .venv
	@sh scripts/setup.sh dev

run: ## set up what is needed and start the server with a sample report (PORT=8000)
	@sh scripts/setup.sh run
	@exec $(BIN)/apostil serve --demo --port "$(PORT)"

test: setup ## run every test (ARGS="-k name" narrows it)
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)

corpus: setup ## read every document of the shared corpus and hold it to the ground truth
	APOSTIL_WHOLE_CORPUS=1 $(BIN)/pytest -m corpus $(ARGS)

check: setup ## format, lint, types, import contracts, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

bench: setup ## measure; each benchmark prints its ratio to a baseline of the same run
	@for file in $$(grep -l __main__ benchmarks/*.py); do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

chaos: setup ## kill real processes at every checkpoint and compare the results
	$(BIN)/pytest -m crash $(ARGS)

docs: setup ## write docs/reference again from the program itself
	$(BIN)/python scripts/make_reference.py
