#!/usr/bin/env bash
# Compares the oracle values of the fixtures, and the gradients of oracle and graph, with an independent PyTorch
# implementation, and a run of the program onnx2torch-training.py too, in .venv at the project root.
#
# Exit codes: 1 if something failed, and 4 if Python, PyTorch or onnx2torch could not be had. Ends with "N passed, N failed".
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
sys.exit(any(v(p).split("+")[0] != n for f in sys.argv[1:] for p, n in (line.strip().split("==") for line in open(f))))'
  "$python" -c "$wanted" "$here/requirements.txt" "$here/program/requirements.txt" 2>/dev/null &&
    "$python" -c 'import torch, numpy, onnx' 2>/dev/null
}

command -v python3 >/dev/null || did_not_run 'there is no python3'
if [ ! -x "$python" ]; then
  python3 -m venv "$venv" || did_not_run 'python3 -m venv failed (on Debian and Ubuntu, install python3-venv)'
fi
if ! installed; then
  printf 'Installing PyTorch into .venv …\n' >&2
  "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" || did_not_run \
    'PyTorch could not be installed. To fetch the small CPU build, let PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS name its index.'
  # Its own dependency torchvision serves two operators of detectors' tails, and is not there for every PyTorch.
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$here/program/requirements.txt" ||
    did_not_run 'onnx2torch could not be installed'
  installed || did_not_run 'PyTorch was installed but cannot be imported'
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$root" || exit
npx tsx test/others/torch/gradients.ts "$scratch" || exit
"$python" -B "$here/check.py" "$root/fixtures" "$scratch" | tee "$scratch/log"
code=${PIPESTATUS[0]}

# The program beside the detector of somebody.
program=$scratch/program
mkdir "$program"
cp src/cli/programs/python/onnx2torch-training.py "$here"/program/{detector,torchvision}.py "$program"
npx tsx test/others/torch/program/make.ts "$program" || exit
npx tsx src/cli/bin.ts export -q --config "$program/boxes.json" --layout nchw --for ort-training -o "$program/loss.onnx" || exit
"$python" -B "$here/program/check.py" "$program" | tee -a "$scratch/log" || code=1
awk '/^[0-9]+ passed, [0-9]+ failed$/ { ok += $1; bad += $3 } END { printf "\n%d passed, %d failed\n", ok, bad }' "$scratch/log"
exit "$code"
