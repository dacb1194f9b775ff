#!/usr/bin/env bash
# Runs the fenced blocks of every README, by their tags: base where nothing but the packed package is, with NumPy and
# onnxruntime in .venv-pages; browser on the driver of Chromium; clone in a copy of this repository. Blocks of the tags gpu,
# autograd and compiler may not run, and are named then. Those of torch and ort-training are compared with what the scripts of these print.
#
# Exit codes: 1 if a block fails, 4 if Python's packages or Chromium could not be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 70
script=test:pages
. test/others/common.sh
tags=(base browser clone gpu autograd compiler)
if ! environment .venv-pages test/others/pages/requirements.txt; then
  did_not_run 'NumPy and onnxruntime could not be installed'
elif npm run --silent build; then
  npx tsx test/others/pages/main.ts "${@:-${tags[@]}}" | tee "$scratch/log"
  code=${PIPESTATUS[0]}
  read -r passed failed <<<"$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$scratch/log" | tail -1)"
  [ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
else
  failed=1
fi
ended
