# Everything a person or a CI machine does with this project. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# `env.sh` puts the virtual environment and a Node that is new enough in front of PATH.
ENV := source scripts/env.sh &&

.PHONY: help setup setup-dev run test test-server test-pwa test-e2e lint format types openapi build bench \
        fuzz sim sim-mutants screenshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

setup: ## virtual environment and node packages, nothing started; quick when already done
	@scripts/setup.sh

setup-dev: ## setup, plus what tests and checks need
	@scripts/setup.sh --dev

run: ## set up everything and serve the demo county on http://127.0.0.1:$PORT (8000)
	@exec scripts/run.sh

build: setup ## build the PWA into pwa/dist (only when its sources changed)
	@scripts/build_pwa.sh

test: ## every check and every test; pytest's closing line comes last
	@exec scripts/test.sh

test-server: setup-dev ## unit and API tests of the server, on SQLite and PostgreSQL
	@scripts/system_packages.sh postgresql
	@$(ENV) exec pytest -n 2 --ignore=tests/e2e

test-pwa: setup ## unit tests of the phone app
	@$(ENV) cd pwa && exec npm test

test-e2e: setup-dev build ## the app in a real Chromium against a real server
	@scripts/system_packages.sh chromium fonts postgresql
	@$(ENV) exec pytest -n 2 --dist loadgroup tests/e2e

lint: setup-dev ## ruff, mypy, import rules, biome, tsc
	@scripts/lint.sh

format: setup-dev ## rewrite Python and TypeScript in the project's format
	@$(ENV) ruff format . && ruff check --fix . && cd pwa && npm run format

openapi: setup ## write server/openapi.json from the marshmallow schemas
	@$(ENV) flask --app wsgi openapi write --format json server/openapi.json

types: openapi ## generate the client's types from server/openapi.json
	@$(ENV) cd pwa && npm run types:api

bench: setup-dev build ## benchmarks, one JSON object a line; ONLY=name runs one
	@scripts/system_packages.sh chromium fonts >&2
	@$(ENV) exec python -m tests.bench $(if $(ONLY),--only $(ONLY))

fuzz: setup-dev ## 20,000 generated requests as every role and 10,000 guessed passwords, both databases
	@scripts/system_packages.sh postgresql
	@$(ENV) FUZZ_EXAMPLES=$(or $(EXAMPLES),20) GUESSES=10000 exec pytest -n 2 tests/contract/test_fuzz.py \
	  tests/accounts/test_guessing.py

sim: setup-dev ## phones, faults and the real server; SEEDS=n seeds, SEED=n replays one
	@$(ENV) exec python -m tests.sim $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),100))

sim-mutants: setup-dev ## plant known bugs into server and app; each must be caught; ONLY=name plants one
	@scripts/system_packages.sh postgresql
	@$(ENV) exec python -m tests.sim.mutants $(if $(ONLY),--only $(ONLY))

screenshots: setup-dev build ## take the README's screenshots into docs/screenshots
	@scripts/system_packages.sh chromium fonts
	@scripts/screenshots.sh

clean: ## remove what was built or installed, never the data in var/
	@rm -rf .venv .make pwa/node_modules pwa/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
