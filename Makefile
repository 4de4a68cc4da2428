# zhibu: make run serves it, make test shows that it works. Nothing but Python 3.11 or newer, git and make is needed.

PORT  ?= 8000
FRESH ?=
ARGS  ?=
BIN   := .venv/bin

.PHONY: run install dev test train bench prove lint

run: install  ## serve zhibu with the sample branch at http://127.0.0.1:PORT; FRESH=1 starts over
	@exec $(BIN)/zhibu run --sample --port $(PORT) $(if $(filter-out 0,$(FRESH)),--fresh)

install: want = .
install: stamp = .venv/.run-stamp
install:  ## make .venv with zhibu in it
	@$(ready)

dev: want = .[dev]
dev: stamp = .venv/.dev-stamp
dev:
	@$(ready)

test: dev  ## run everything; ARGS="tests/rules -x" runs less
	@$(BIN)/python -m pytest $(ARGS)

train: install  ## make the model of what people say anew, from the sentences
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	@$(BIN)/python -m understanding.words.sounding
	@$(BIN)/python -m understanding.training

bench: install  ## measure; with pip install '.[bench]' beside what others offer
	@$(BIN)/python -m bench $(ARGS)

prove: dev  ## the long proofs, whole
	@ZHIBU_PROVE=1 $(BIN)/python -m pytest -m prove tests $(ARGS)

lint: dev  ## check style, types and walls
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# A stamp holds where the environment lies and what pyproject.toml asked for; while both stay, nothing is installed.
define ready
set -e; \
now="$(CURDIR) $$(cksum < pyproject.toml)"; \
test "$$(cat $(stamp) 2>/dev/null)" != "$$now" || exit 0; \
case "$$(cat .venv/.run-stamp 2>/dev/null)" in ''|"$(CURDIR) "*) ;; *) rm -rf .venv;; esac; \
if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then $(find_python); \
  echo "Making .venv with $$python ..."; rm -rf .venv; "$$python" -m venv .venv; fi; \
echo "Installing the libraries (only the first time, and when pyproject.toml changes) ..."; \
$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '$(want)'; \
echo "$$now" > .venv/.run-stamp; echo "$$now" > $(stamp)
endef

# The first Python that is new enough and can make an environment; else one sentence says what was found.
define find_python
python=; found=; \
for name in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
  version=$$("$$name" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue; \
  found="$$name is Python $$version"; \
  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
  found="$$found, but cannot make an environment: install its venv package (Debian: apt-get install python3-venv)"; \
  "$$name" -c 'import ensurepip, venv' 2>/dev/null || continue; \
  python=$$name; break; \
done; \
if [ -z "$$python" ]; then \
  echo "zhibu needs Python 3.11 or newer; here $${found:-there is no python3}." >&2; exit 1; \
fi
endef
