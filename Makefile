# Everything runs in .venv, made from requirements.lock; data goes to var/, and Apache Kafka's jars to ~/.cache/gubi.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ See it
.PHONY: demo
demo: $(STAMP) ## everything on this machine, with fresh data; CHECK=1 ends by itself and writes var/demo.json
	@$(BIN)/gubi demo $(if $(CHECK),--check)

##@ Work on it
.PHONY: lint check test krds bench bench-desk bench-extract bench-select bench-scale fuzz test-pdfs test-gate test-faults grafana format
lint: $(STAMP) ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
check: lint ## the same, and house rules, unit and contract tests: before every commit
	$(BIN)/pytest -q tests/unit tests/contract -m "not connected and not slow"
test: $(STAMP) ## all tests on the most real stack of this machine, saying which
	$(BIN)/python -m tests.run
bench: $(STAMP) ## a first load of the whole chain, into var/bench.json
	$(BIN)/gubi bench
bench-extract: $(STAMP) ## read certificates of all kinds and producers: how exactly, how fast; HELD_OUT=fpdf is counted apart
	HELD_OUT=$(or $(HELD_OUT),fpdf) $(BIN)/gubi bench-extract
bench-desk: $(STAMP) ## pages of the officials' queue over 180,000 stored submissions, into var/bench-desk.json
	$(BIN)/gubi bench-desk
bench-select: $(STAMP) ## 180,000 stored submissions decided, ranked and written in one run, into var/bench-select.json
	$(BIN)/gubi bench-select
bench-scale: $(STAMP) ## rate by workers and partitions, cost by what is stored, a soak (SOAK minutes), into var/bench-scale.json
	$(BIN)/gubi bench-scale --soak $(or $(SOAK),20)
fuzz: $(STAMP) ## read 20,000 spoilt certificates; GUBI_FUZZ_INPUTS and GUBI_FUZZ_SEED choose others
	GUBI_FUZZ_INPUTS=$(or $(GUBI_FUZZ_INPUTS),20000) $(BIN)/pytest -q -s tests/fuzz/test_mutated_documents.py
test-pdfs: $(STAMP) ## read every PDF file in the folder GUBI_PDF_DIR, or else our own hostile ones
	$(BIN)/pytest -q -s tests/fuzz/test_any_folder.py
test-gate: $(STAMP) ## 20,000 calls of the gate at once under faults and kills, checked; RECHECK=1 checks what was kept
	$(BIN)/python -m $(if $(RECHECK),tests.gate_history --recheck,tests.run gate --operations $(or $(OPERATIONS),20000))
test-faults: $(STAMP) ## break everything in turn on three brokers under load, into var/faults.json; FAULTS, SECONDS choose
	$(BIN)/python -m tests.faults $(FAULTS) --seconds $(or $(SECONDS),600)
krds: $(STAMP) ## take the desk's KRDS styles anew from the npm package at its pinned version (needs npm)
	$(BIN)/python -m deploy.krds
grafana: $(STAMP) ## write the dashboards for Grafana anew from deploy/grafana, after a change there or to an alert
	$(BIN)/python -m deploy.grafana
format: $(STAMP) ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

##@ Set it up
.PHONY: setup lock clean
setup: $(STAMP) ## make .venv from the lock file
$(STAMP): requirements.lock pyproject.toml services/wallet_client/pyproject.toml
	@test -n "$(PYTHON)" || { echo "Gubi needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else "Gubi needs Python 3.11, 3.12 or 3.13; this is %d.%d. Name one: make PYTHON=python3.12" % v)'
	@echo "Making .venv with $(PYTHON) ..."
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . --editable services/wallet_client
	@touch $(STAMP)
lock: ## compile requirements.lock anew, with hashes and without addresses
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header --extra samples --extra containers --extra standins --extra dev pyproject.toml -o requirements.lock
	printf "uv\\nsetuptools\\n" | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-annotate --no-header --constraints requirements.lock - -o deploy/builder.lock
clean: ## stop the stack and delete what was made here
	-@test -x $(BIN)/gubi && $(BIN)/gubi stack down --throw-away
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
