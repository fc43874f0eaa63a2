#!/usr/bin/env bash
# Resolves the version ranges of pyproject.toml into requirements.lock (to run, build and install) and
# requirements-dev.lock (the same and the tools of a developer), for every platform and Python from 3.11 on.
# `make lock` keeps what is locked where it still fits; `make lock UPGRADE=1` takes the newest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${PYTHON:-python3}" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet 'uv>=0.8,<1'

# uv reads no pip configuration; where pip is pointed at another index, point uv there too. Neither is written down.
if index=$("$scratch/venv/bin/python" -m pip config get global.index-url 2>/dev/null); then
    export UV_DEFAULT_INDEX=$index
fi
export UV_SYSTEM_CERTS=true

compile() {  # compile OUTPUT [ARGUMENT…]
    "$scratch/venv/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-strip-extras --no-emit-index-url --no-emit-find-links --no-emit-package casemate-guard --no-emit-package casemate-waf --no-annotate \
        --custom-compile-command 'make lock' ${UPGRADE:+--upgrade} --output-file "$@"
}
compile requirements.lock --group build
compile requirements-dev.lock --group build --group dev --constraints requirements.lock

if grep -nE '://|file:|find-links|index-url' requirements.lock requirements-dev.lock; then
    echo 'lock: the lines above name a place; a lock file must not' >&2
    exit 1
fi
