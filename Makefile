# Every target works from a fresh clone, in any order, twice, and from any folder with `make -C`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTHON ?= python3.11
DATA ?=
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_LINK_MODE ?= copy
export PYTHONHASHSEED := 0

.PHONY: help setup lock repro repro-real voice study summary test check format label-studio label-studio-stop test-label-studio test-real bench deps

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: .venv/ready ## make .venv from the lock

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==0.13.9
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.txt # or each stage would compile
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

lock: ## compile requirements.txt from requirements.in
	$(BIN)/uv pip compile --quiet --no-header --no-annotate --python-version 3.11 requirements.in --output-file requirements.txt
	sed -i -E 's/\+cpu//; /^(cuda-|nvidia-|triton==)/d' requirements.txt # the CPU build needs none of CUDA

repro: setup ## run every stage that is out of date, then print the headline figures
	$(BIN)/dvc repro
	$(BIN)/bhab summary

repro-real: setup ## the same on real corpora: make repro-real DATA=DIR (docs/your-data.md)
	$(BIN)/bhab workspace workspace/real --overlay params-real.yaml --data "$(DATA)"
	cd workspace/real && dvc repro && bhab summary

voice: setup ## train a voice worth hearing in workspace/voice, within an hour of two cores; after make repro
	$(BIN)/bhab workspace workspace/voice --overlay params-voice.yaml --data data/raw
	cd workspace/voice && dvc repro evaluate_voice

study: setup ## train with each transform of the augmentation and report what it is worth; after make repro
	$(BIN)/dvc exp run --set-param "study.transforms=[none,rotation,shift,shear,zoom,flip,all]" report

summary: setup ## print the headline figures of the last run
	$(BIN)/bhab summary

test: setup ## run all tests, in two processes
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

label-studio: setup ## install the annotation server into an environment of its own, and start it
	tools/label_studio.sh start

label-studio-stop: ## stop the annotation server
	tools/label_studio.sh stop

test-label-studio: label-studio ## the round trip against that server
	eval "$$(tools/label_studio.sh env)" && $(BIN)/python -m pytest -m label_studio tests/end_to_end

test-real: setup ## the tests on real corpora: make test-real DATA=DIR, a folder with their unpack.py
	BHAB_REAL_DATA="$(abspath $(DATA))" $(BIN)/python -m pytest -m real_data

bench: setup ## measure beside peers, over an hour: make bench DATA=DIR, after make repro-real DATA=DIR
	tools/bench.sh "$(abspath $(DATA))"

deps: setup ## write the code each stage imports into its deps in dvc.yaml
	$(BIN)/python tools/code_deps.py --write
