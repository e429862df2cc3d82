# `make run` and `make test` do all their own set-up in $(VENV).
VENV   ?= .venv
PYTHON ?= python3
PROMPT ?= a person walks forward, then turns around and waves
OUT    ?= out
CACHE  ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/motion-agent
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test test-lowest test-server language-models lint format clean langchain-package

# Passed through the environment, so that quotes and dollar signs in a request reach the program as they are.
export PROMPT OUT

run: $(VENV)/.installed
	@$(BIN)/motion-agent run "$$PROMPT" --out "$$OUT"

test: lint | $(CACHE)/smollm2-135m-instruct.gguf
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2

# The lowest versions that pyproject.toml allows, in an environment of their own.
test-lowest: $(VENV)-lowest/.installed
	$(VENV)-lowest/bin/python tests/smoke.py

$(VENV)-lowest/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -m venv $(VENV)-lowest
	@$(PYTHON) tests/lowest.py > $(VENV)-lowest/constraints.txt
	@$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(VENV)-lowest/constraints.txt ".[all,local,postgres]"
	@touch $@

# The agent on a LangGraph server that is really started, whose packages do not go together with all of ours.
test-server: $(VENV)-server/.installed
	OMP_NUM_THREADS=1 $(VENV)-server/bin/python -m pytest -m slow tests/agent_graph/hosts/test_langgraph_server.py

$(VENV)-server/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -m venv $(VENV)-server
	@$(VENV)-server/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  --editable ".[all]" "langgraph-cli[inmem]>=0.4.40" pytest pytest-asyncio pytest-benchmark pytest-timeout "hypothesis>=6.100"
	@touch $@

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

# The thin distribution that LangChain's users look for, as a wheel in dist/.
langchain-package: | $(VENV)/bin/python
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist packaging/langchain-motion-agent
	@rm -rf packaging/langchain-motion-agent/build packaging/langchain-motion-agent/*.egg-info
	@ls dist/langchain_motion_agent-*.whl

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Real language models, fetched once; without one the tests that need it skip. `make test` needs the smallest (98 MB);
# the others (0.5 and 1.1 GB) are for tests marked slow and for `motion-agent eval plans`.
language-models: $(addprefix $(CACHE)/,smollm2-135m-instruct.gguf qwen2.5-coder-0.5b-instruct.gguf qwen2.5-coder-1.5b-instruct.gguf)

$(CACHE)/%.gguf: | $(VENV)/.installed-dev
	@$(BIN)/python tests/language_models.py $@ || echo "The tests with this language model will be skipped." >&2

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "motion-agent needs Python 3.11 or newer: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) (a few minutes the first time) ..."
	@$(PIP) --editable ".[all]"
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(PIP) --editable ".[dev]"
	@$(PIP) --no-deps motionmcp-client-sdk==0.1.0  # its numpy<2 is not ours, and it works with ours
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-server out build dist .pytest_cache .ruff_cache .hypothesis *.egg-info
