# Every target sets itself up on a fresh machine: uv is bootstrapped when missing, the environments come from uv.lock.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-fast check-cpus margins fuzz check check-313 format docs notebook wheel clean

UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .tools/bin/uv)
PY311 := $(firstword $(wildcard $(HOME)/.pyenv/versions/3.11.*/bin/python3.11) 3.11)
PY313 := $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13.*/bin/python3.13) 3.13)
RUN := .venv/bin
STAMP := .venv/.synced
# Two processes, each with whole files: fixtures that render are shared within a file.
SIDE_BY_SIDE := -n 2 --dist loadfile
STAMP313 := .venv-313/.synced
STAMP_DOCS := .venv-docs/.synced

help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet uv

$(STAMP): pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	$(UV) sync --frozen --all-extras --python $(PY311)
	@touch $@

$(STAMP313): pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	UV_PROJECT_ENVIRONMENT=.venv-313 $(UV) sync --frozen --all-extras --python $(PY313)
	@touch $@

# The site is built from sources alone, so its environment holds neither synthvis nor what it imports.
$(STAMP_DOCS): pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	UV_PROJECT_ENVIRONMENT=.venv-docs $(UV) sync --frozen --only-group docs --python $(PY311)
	@touch $@

setup: $(STAMP)  ## make the environment in .venv

demo: $(STAMP)  ## the whole loop on a small scale: render, check, train, evaluate, gap, report
	$(RUN)/synthvis doctor || true
	$(RUN)/synthvis run demo

test: $(STAMP)  ## run the tests but the slowest
	$(RUN)/pytest $(SIDE_BY_SIDE) -m "not slow"

test-slow: $(STAMP)  ## run the slowest tests: whole datasets, kills, the smoke pipeline
	$(RUN)/pytest $(SIDE_BY_SIDE) -m slow

test-fast: $(STAMP)  ## the tests of commands, files, labels and pages: no renders, trainings, scenes or measures
	$(RUN)/pytest $(SIDE_BY_SIDE) -m "not blender and not train and not slow" \
	  $(addprefix --ignore tests/,scene objects assets fuzz train sensor_fit gap metrics pipeline render/test_pool.py study/test_ablation.py)

check-cpus: $(STAMP)  ## the tests that compute, as five other CPUs would compute them
	$(RUN)/python tests/endurance/other_cpus.py check

margins: $(STAMP)  ## how far trainings in tests end from their bounds, over seeds and CPUs
	$(RUN)/python tests/endurance/other_cpus.py margins

fuzz: $(STAMP)  ## feed 10,000 damaged inputs to each reader
	SYNTHVIS_FUZZ_INPUTS=10000 $(RUN)/pytest $(SIDE_BY_SIDE) --timeout 3600 tests/fuzz

check: $(STAMP)  ## format, lint, types, import rules, docs
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/python docs/generate_cli_reference.py --check
	$(RUN)/python docs/generate_config_reference.py --check
	$(RUN)/python docs/generate_api_reference.py --check
	$(RUN)/python docs/generate_architecture.py --check
	$(RUN)/python docs/build_notebook.py --check

check-313: $(STAMP313)  ## the tests again on Python 3.13 with bpy 5.2 and numpy 2
	.venv-313/bin/pytest $(SIDE_BY_SIDE)

format: $(STAMP)  ## format the code and mend what the linter can
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

docs: $(STAMP) $(STAMP_DOCS)  ## write the generated pages of docs/ again and build the site in site/
	$(RUN)/python docs/generate_cli_reference.py
	$(RUN)/python docs/generate_config_reference.py
	$(RUN)/python docs/generate_api_reference.py
	$(RUN)/python docs/generate_architecture.py
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet

notebook: | $(filter .tools/bin/uv,$(UV))  ## run the tutorial as a notebook, with smaller settings, and keep its output
	UV_PROJECT_ENVIRONMENT=.venv-notebook $(UV) sync --quiet --frozen --all-extras --no-dev --group notebook --python $(PY311)
	PATH="$(CURDIR)/.venv-notebook/bin:$$PATH" .venv-notebook/bin/python docs/build_notebook.py

wheel: $(STAMP)  ## build the wheel into dist/
	$(UV) build --wheel

clean:  ## remove what the targets made (never data/ or runs/)
	rm -rf .venv .venv-313 .venv-docs .venv-notebook .tools dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
