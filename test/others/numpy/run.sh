#!/usr/bin/env bash
# Holds target assignment against the function it is taken from, `preprocess_true_boxes` of keras-yolo3, bit for bit. It
# is fetched, as the package xyolo on PyPI ships it, and never installed; NumPy is in .venv-numpy at the project root.
# Arguments, such as --seed N, are those of check.ts.
#
# Exit codes: those of check.ts, and 4 if Python, NumPy or the package could not be had.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv=$root/.venv-numpy
python=$venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

did_not_run() {
  printf 'test:other numpy DID NOT RUN: %s\n' "$1" >&2
  exit 4
}

installed() {
  local wanted='import sys; from importlib.metadata import version as v
sys.exit(any(v(p) != n for p, n in (line.strip().split("==") for line in open(sys.argv[1]))))'
  "$python" -c "$wanted" "$here/requirements.txt" 2>/dev/null && "$python" -c 'import numpy' 2>/dev/null
}

command -v python3 >/dev/null || did_not_run 'there is no python3'
if [ ! -x "$python" ]; then
  python3 -m venv "$venv" || did_not_run 'python3 -m venv failed (on Debian and Ubuntu, install python3-venv)'
fi
if ! installed; then
  "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" || did_not_run \
    'NumPy could not be installed; it needs Python 3.11 or newer'
fi
# A wheel only, without what it depends on: nothing of the package runs but the function that is cut out of it.
"$python" -m pip download --quiet --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
  -d "$scratch" -r "$here/original.txt" || did_not_run 'the package with the original function could not be fetched'

cd "$root" || exit 70
npx tsx test/others/numpy/check.ts --python "$python" --wheel "$(echo "$scratch"/*.whl)" "$@"
