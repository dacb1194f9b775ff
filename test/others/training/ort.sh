#!/usr/bin/env bash
# Trains a detector with the attached loss by onnxruntime-training 1.19.2, its last release, in .venv-ort-training at the
# project root, by a program of the test and by the one that ships; then steps the same artifacts in the training runtime of
# onnxruntime-web 1.19.2 under Node.
#
# Exit codes: 1 if something failed, 4 if Python 3.8 to 3.11 or the packages could not be had.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv=$root/.venv-ort-training
python=$venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

did_not_run() {
  printf 'test:other ort-training DID NOT RUN: %s\n' "$1" >&2
  exit 4
}

installed() {
  local wanted='import sys; from importlib.metadata import version as v
sys.exit(any(v(p).split("+")[0] != n for p, n in (line.strip().split("==") for line in open(sys.argv[1]))))'
  "$python" -c "$wanted" "$here/requirements.txt" 2>/dev/null &&
    "$python" -c 'import onnxruntime.training.api; from importlib.metadata import version; version("onnx2torch")' 2>/dev/null
}

old_enough() {
  "$1" -c 'import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 11))' 2>/dev/null
}

if ! installed; then
  for interpreter in python3.11 python3.10 python3.9 python3.8 python3 none; do
    old_enough "$interpreter" && break
  done
  [ "$interpreter" != none ] || did_not_run 'onnxruntime-training 1.19.2 has wheels for Python 3.8 to 3.11, and none is there'
  "$interpreter" -m venv --clear "$venv" || did_not_run "$interpreter -m venv failed (on Debian and Ubuntu, install python3-venv)"
  printf 'Installing onnxruntime-training and PyTorch into .venv-ort-training …\n' >&2
  "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" || did_not_run \
    'the packages could not be installed. To fetch the small CPU build of PyTorch, let PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS name its index.'
  # Its own dependency torchvision serves two operators of detectors' tails, and is not there for every PyTorch.
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps onnx2torch==1.5.15 ||
    did_not_run 'onnx2torch could not be installed'
  installed || did_not_run 'the packages were installed but cannot be imported'
fi

# The program that ships brings the loss down; detached and attached again, the detector goes on from there.
program() (
  cd "$scratch" || exit
  yolo_loss() { "$root/node_modules/.bin/tsx" "$root/src/cli/bin.ts" -q "$@"; }
  attach() { yolo_loss attach "$1" --config boxes.json --for ort-training --only-loss -o "$2" >plan.json; }
  train() { "$python" -B "$root/src/cli/programs/python/ort-training.py" "$1" plan.json data.npz "$2" 0.002 2>>program-log; }
  attach detector.onnx trainable.onnx && train trainable.onnx 20 >losses || exit
  yolo_loss detach trained.onnx -o detector-trained.onnx && attach detector-trained.onnx further.onnx || exit
  mv trained.onnx before.onnx && train further.onnx 1 >>losses || exit
  # Without what the gradient graph builder writes to stdout.
  awk '/^[0-9]+ [0-9.]+$/ { loss[++n] = $2 } END { exit !(n == 21 && loss[20] < loss[1] / 2 && loss[21] < loss[20]) }' losses
)

cd "$root" || exit
npx tsx test/others/training/make.ts "$scratch" || exit
"$python" -B "$here/ort.py" "$scratch" | tee "$scratch/log"
code=$?
"$python" -B "$here/linted.py" "$scratch" | tee -a "$scratch/log" || code=1
if program; then
  printf 'pass  program ort-training.py\n1 passed, 0 failed\n' | tee -a "$scratch/log"
else
  code=1
  grep -v '\[[IWV]:' "$scratch/program-log" >&2
  printf 'FAIL  program ort-training.py\n0 passed, 1 failed\n' | tee -a "$scratch/log"
fi

# Beside the Python packages: 110 MB that nothing else in the project needs.
web=$venv/web/node_modules/onnxruntime-web
version() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).version' "$web/package.json" 2>/dev/null; }
if [ "$(version)" != 1.19.2 ]; then
  npm install --prefix "$venv/web" --no-save --ignore-scripts --no-audit --no-fund --silent onnxruntime-web@1.19.2 >&2
fi
if [ "$(version)" = 1.19.2 ]; then
  npx tsx test/others/training/web.ts "$scratch" "$web" 2>"$scratch/web-log" | tee -a "$scratch/log" ||
    { code=1 && grep -v '\[I:' "$scratch/web-log" >&2; }
else
  printf 'test:other ort-training, onnxruntime-web: DID NOT RUN: the package could not be installed\n' >&2
fi
npx tsx test/others/pages/main.ts ort-training --printed "$scratch/log" >"$scratch/pages" || code=1
tee -a "$scratch/log" <"$scratch/pages"
awk '/^[0-9]+ passed, [0-9]+ failed$/ { ok += $1; bad += $3 } END { printf "\n%d passed, %d failed\n", ok, bad }' "$scratch/log"
exit "$code"
