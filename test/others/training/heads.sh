#!/usr/bin/env bash
# Trains detection heads with onnxruntime-node alone, then follows the first steps in PyTorch, in .venv at the project root.
#
# Exit codes: 1 if something failed, 4 if PyTorch could not be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

npx tsx test/others/training/heads.ts "$scratch" | tee "$scratch/log"
code=$?
for venv in .venv .venv-ort-training; do
  "$venv/bin/python" -c 'import torch, numpy' 2>/dev/null && python=$venv/bin/python && break
done
if [ -z "${python:-}" ]; then
  printf 'test:train, weights against PyTorch: DID NOT RUN: there is no PyTorch in .venv; npm run test:torch puts it there\n' >&2
  exit $((code ? code : 4))
fi
"$python" -B test/others/training/heads.py "$scratch" | tee -a "$scratch/log" || code=1
npx tsx test/others/pages/main.ts torch --printed "$scratch/log" >"$scratch/pages" || code=1
tee -a "$scratch/log" <"$scratch/pages"
awk '/^[0-9]+ passed, [0-9]+ failed$/ { ok += $1; bad += $3 } END { printf "\n%d passed, %d failed\n", ok, bad }' "$scratch/log"
exit "$code"
