# demo and test are the two commands of the README; every target sets up what it needs. ARGS=… is passed on.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PLUGINS := $(patsubst plugins/%/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
TYPED := hub migrations tests bench hookspecs/hub_hookspecs hookspecs/tests $(foreach p,$(PLUGINS),plugins/$p/hub_$p plugins/$p/tests)
DISTRIBUTIONS := hookspecs $(addprefix plugins/,$(PLUGINS)) .

.PHONY: demo serve test check bench proof
.DEFAULT_GOAL := demo

$(STAMP): requirements.lock pyproject.toml hookspecs/pyproject.toml $(wildcard plugins/*/pyproject.toml)
	@.ci/venv $(PYTHON)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation $(addprefix -e ./,$(DISTRIBUTIONS))
	@touch $@

demo: $(STAMP)
	@$(BIN)/hub demo $(ARGS)

serve: $(STAMP)
	@$(BIN)/hub serve $(ARGS)

test: $(STAMP)  # with bytecode kept, or each of the many processes that are started compiles the hub anew
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest $(ARGS)

check: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy $(TYPED)
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_house.py $(ARGS)

bench: $(STAMP)
	@$(BIN)/python -m bench $(ARGS)

proof: $(STAMP)
	@$(BIN)/python -m tests.proof $(ARGS)
