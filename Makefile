# make demo   a working installation in ./instance, at http://localhost:8000
# make test   everything the tests need, then the tests (LONG_TESTS=1: those too that others nearly cover)
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv

.PHONY: demo test check lint types contracts bench faults wheel requirements clean

demo: $(VENV)/.run
	$(BIN)/signing demo --port $(PORT)

# The tests start hundreds of commands: compiled beforehand, each starts in half the time. Much of the time they wait
# for browsers and servers, so three at once suit two cores. What passed leaves nothing behind.
test: $(VENV)/.test
	bash .ci/browser
	$(BIN)/python -m compileall -q signing tests
	TMPDIR=$$(bash .ci/scratch) $(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder -o tmp_path_retention_policy=failed

check: lint types contracts

lint: $(VENV)/.test
	$(BIN)/ruff check .

types: $(VENV)/.test
	$(BIN)/mypy

contracts: $(VENV)/.test
	$(BIN)/lint-imports

bench: $(VENV)/.bench
	$(BIN)/python bench/approve.py
	$(BIN)/python bench/verify.py
	$(BIN)/python bench/seal.py
	$(BIN)/python bench/typeset.py --only ours typst

# The long campaigns of FAULTS: half an hour, on a machine that does nothing else.
faults: $(VENV)/.test
	$(BIN)/python bench/faults/enumeration.py
	$(BIN)/python bench/faults/floods.py
	$(BIN)/python bench/faults/intake.py
	$(BIN)/python bench/faults/outbox.py

wheel: $(VENV)/.run
	$(BIN)/python -m build --no-isolation --sdist --wheel .

# uv is installed by pip once, by hash; it then installs the rest, by hash.
$(UV): requirements/build.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	touch $(UV)

$(VENV)/.run: $(UV) requirements/run.txt pyproject.toml
	$(UV) pip install --quiet --compile-bytecode --python $(VENV) --require-hashes -r requirements/run.txt
	$(UV) pip install --quiet --python $(VENV) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	$(UV) pip install --quiet --compile-bytecode --python $(VENV) --require-hashes -r requirements/test.txt
	touch $@

$(VENV)/.bench: $(VENV)/.test requirements/bench.txt
	$(UV) pip install --quiet --compile-bytecode --python $(VENV) --require-hashes -r requirements/bench.txt
	touch $@

# After a change of dependencies in pyproject.toml.
requirements: $(UV)
	$(UV) pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --quiet pyproject.toml -o requirements/run.txt
	$(UV) pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --quiet pyproject.toml --extra test -c requirements/run.txt -o requirements/test.txt
	$(UV) pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --quiet pyproject.toml --extra test --extra bench -c requirements/test.txt -o requirements/bench.txt

clean:
	rm -rf $(VENV) dist build

# After a change of words that a contact can meet, or to begin a language (docs/translating.md).
.PHONY: messages
messages: $(VENV)/.run
	$(BIN)/python -m signing.locale.extraction
