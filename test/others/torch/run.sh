#!/usr/bin/env bash
# Compares the oracle values of the fixtures, and the gradients of oracle and graph, with an independent PyTorch
# implementation, in .venv at the project root.
#
# Exit codes: those of check.py, and 4 if Python or PyTorch could not be had.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv=$root/.venv
python=$venv/bin/python

did_not_run() {
  printf 'test:torch DID NOT RUN: %s\n' "$1" >&2
  exit 4
}

installed() {
  local wanted='import sys; from importlib.metadata import version as v
sys.exit(any(v(p).split("+")[0] != n for p, n in (line.strip().split("==") for line in open(sys.argv[1]))))'
  "$python" -c "$wanted" "$here/requirements.txt" 2>/dev/null && "$python" -c 'import torch, numpy' 2>/dev/null
}

command -v python3 >/dev/null || did_not_run 'there is no python3'
if [ ! -x "$python" ]; then
  python3 -m venv "$venv" || did_not_run 'python3 -m venv failed (on Debian and Ubuntu, install python3-venv)'
fi
if ! installed; then
  printf 'Installing PyTorch into .venv …\n' >&2
  "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" || did_not_run \
    'PyTorch could not be installed. To fetch the small CPU build, let PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS name its index.'
  installed || did_not_run 'PyTorch was installed but cannot be imported'
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$root" && npx tsx test/others/torch/gradients.ts "$scratch") || exit
"$python" -B "$here/check.py" "$root/fixtures" "$scratch"
