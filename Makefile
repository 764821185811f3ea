# Everything here needs Python 3.11 or later, git and make; each target sets up what it needs.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PYTHON_READY := $(VENV)/.ready
NODE_READY := node_modules/.ready

# Arguments for pytest, such as PYTEST_ARGS="-k recipes -x".
PYTEST_ARGS ?=
# Two processes halve the time; tests/conftest.py says which tests stay together.
PYTEST := -m pytest -n 2

# Arguments for the second engine, such as CONFORMANCE_ARGS=--json.
CONFORMANCE_ARGS ?=
# How many simulated schedules run on it again.
REPLAYS ?= 200

# Arguments for the tools of users' companies, such as PEERS_ARGS=--json.
PEERS_ARGS ?=

# Arguments for the benchmark, such as BENCH_ARGS="--json" or BENCH_ARGS="--write docs/benchmarks.md".
BENCH_ARGS ?=

# The engine asks for one exact botocore, tools and benchmarks are not part of what is installed,
# and the reviewed template is the one that the locked aws-cdk-lib writes.
LOWEST_TESTS := tests --ignore tests/local --ignore tests/tools --ignore tests/benchmarks \
	--deselect tests/trainers/test_example.py::test_the_template_is_the_one_that_was_reviewed

# The environment's own node, npm and python come first, whatever else the machine has.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := true
# A company's own certificate authority is in the system's trust store, if anywhere: pip, uv and
# npm bring lists of their own.
SYSTEM_CA := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt \
	/etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem))
ifneq ($(SYSTEM_CA),)
export PIP_CERT ?= $(SYSTEM_CA)
export NODE_EXTRA_CA_CERTS ?= $(SYSTEM_CA)
export UV_SYSTEM_CERTS ?= true
endif
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV CONDA_PREFIX

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(PYTHON_READY) $(NODE_READY) ## Make .venv and node_modules, or bring them up to date

.PHONY: demo
demo: setup ## Deploy and run the example app on this machine, with no AWS account
	$(VENV)/bin/constructs-trainers local run

.PHONY: test
test: setup ## Run the tests
	CDK_VALIDATION=false $(VENV)/bin/python $(PYTEST) $(PYTEST_ARGS)

.PHONY: check
check: lint types imports synth wheel ## Run the five checks below (-k: all, whatever fails)

.PHONY: lint
lint: setup ## Check the style, and that no mark of a merge is left
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	git diff --check $$(git hash-object -t tree /dev/null)

.PHONY: types
types: setup ## Check the types
	$(VENV)/bin/mypy

.PHONY: imports
imports: setup ## Check that imports only go down, and that the locked dependencies fit
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/uv --quiet pip check --python $(VENV)/bin/python

.PHONY: synth
synth: setup ## Check the templates and the state machines of the example apps
	$(VENV)/bin/python tools/validate_synth.py build/assembly
	$(VENV)/bin/python tools/validate_definitions.py build/assembly
	$(VENV)/bin/python tools/validate_synth.py build/all_trainers --project examples/all_trainers
	$(VENV)/bin/python tools/validate_definitions.py build/all_trainers

.PHONY: wheel
wheel: setup ## Check that the built package installs and works by itself
	tools/check_wheel.sh

.PHONY: test-lowest
test-lowest: setup .venv-lowest/.ready ## Test on the lowest supported versions
	CDK_VALIDATION=false CDK_OUTDIR=build/lowest .venv-lowest/bin/python app.py
	.venv-lowest/bin/python $(PYTEST) $(LOWEST_TESTS) $(PYTEST_ARGS)

# NET=FOLDER, outside of the repository: `make net-store` before a change, `make net` after it.
NET ?= build/net

.PHONY: net-store
net-store: setup ## Keep all that tests and examples synthesize in NET, to compare with later
	$(VENV)/bin/python tools/safety_net.py store $(NET)

.PHONY: net
net: setup ## Compare all that tests and examples synthesize with what NET keeps, byte for byte
	$(VENV)/bin/python tools/safety_net.py compare $(NET)

# SEED=N runs the schedules of an earlier campaign again; without it there are new ones.
SCHEDULES ?= 20000
SEED ?=

.PHONY: simulate
simulate: setup ## Run the trainers' definitions under SCHEDULES random schedules of faults
	$(VENV)/bin/python -m tests.simulation --schedules $(SCHEDULES) $(if $(SEED),--seed $(SEED))

# CASES=N SEED=N, likewise.
CASES ?= 2000

.PHONY: fuzz
fuzz: setup ## Give trainers and executions CASES wrong props and inputs
	$(VENV)/bin/python -m tests.fuzz --cases $(CASES) $(if $(SEED),--seed $(SEED))

.PHONY: conformance
conformance: setup .venv-engines/.ready ## Run the state machines on a second engine, and compare
	CDK_VALIDATION=false $(VENV)/bin/python -m tests.conformance.definitions build/conformance.json
	$(VENV)/bin/python -m tests.simulation.recordings build/recordings.json --recordings $(REPLAYS)
	.venv-engines/bin/python -m tests.conformance build/conformance.json \
		--replay build/recordings.json $(CONFORMANCE_ARGS)

.PHONY: peers
peers: $(PYTHON_READY) .venv-peers/.ready .venv-nag2/.ready ## Check the examples' templates with cfn-lint, checkov and cdk-nag
	@$(VENV)/bin/python -m tools.peers $(PEERS_ARGS)

.PHONY: bench
bench: $(PYTHON_READY) .venv-bench/.ready ## Measure against the SageMaker Python SDK (docs/benchmarks.md)
	$(VENV)/bin/python -m benchmarks.recipes --rival .venv-bench/bin/python $(BENCH_ARGS)

# Pins and hashes only: neither an index nor a path of this machine is written.
COMPILE = $(VENV)/bin/uv --quiet pip compile --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

.PHONY: lock
lock: $(PYTHON_READY) ## Lock the dependencies anew (UPGRADE=1: to their newest versions)
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev pyproject.toml -o requirements/dev.txt >/dev/null
	echo uv | $(COMPILE) --no-annotate --constraint requirements/dev.txt - -o requirements/uv.txt >/dev/null
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra test --resolution lowest-direct pyproject.toml -o requirements/lowest.txt >/dev/null
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group bench pyproject.toml -o requirements/bench.txt >/dev/null
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group engines -o requirements/engines.txt >/dev/null
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group peers -o requirements/peers.txt >/dev/null
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group nag2 pyproject.toml -o requirements/nag2.txt >/dev/null
	$(VENV)/bin/npm $(if $(UPGRADE),update,install) --package-lock-only --ignore-scripts --loglevel=error

.PHONY: clean
clean: ## Remove everything that make made
	rm -rf $(VENV) .venv-lowest .venv-bench .venv-engines .venv-peers .venv-nag2 node_modules build dist cdk.out
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# The marks below are written last, so an interrupted step is done again.
$(VENV)/.made: requirements/uv.txt tools/make_venv.sh
	tools/make_venv.sh $(VENV)
	@touch $@

$(PYTHON_READY): $(VENV)/.made requirements/dev.txt pyproject.toml tools/sync_venv.sh
	tools/sync_venv.sh $(VENV) requirements/dev.txt
	@touch $@

$(NODE_READY): package.json package-lock.json .npmrc | $(PYTHON_READY)
	$(VENV)/bin/npm ci --ignore-scripts --loglevel=error
	@touch $@

.PRECIOUS: .venv-%/.made
.venv-%/.made: requirements/uv.txt tools/make_venv.sh
	tools/make_venv.sh .venv-$*
	@touch $@

.venv-lowest/.ready: .venv-lowest/.made requirements/lowest.txt pyproject.toml tools/sync_venv.sh
	tools/sync_venv.sh .venv-lowest requirements/lowest.txt
	@touch $@

# The tools in the others look at the project from outside.
.venv-%/.ready: .venv-%/.made requirements/%.txt tools/sync_venv.sh
	tools/sync_venv.sh .venv-$* requirements/$*.txt --no-project
	@touch $@
