#!/usr/bin/env bash
# Holds the emitted graphs against onnx.checker (Python), in .venv-onnx at the project root.
#
# Exit codes: those of check.py, and 4 if Python or onnx could not be had.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv=$root/.venv-onnx

did_not_run() {
  printf 'test:other onnx DID NOT RUN: %s\n' "$1" >&2
  exit 4
}

command -v python3 >/dev/null || did_not_run 'there is no python3'
[ -x "$venv/bin/python" ] || python3 -m venv "$venv" || did_not_run 'python3 -m venv failed'
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
  did_not_run 'onnx could not be installed'

cd "$root" || exit 70
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
emit() { node --import tsx src/cli/bin.ts export "$@" -o "$work/$((++n)).onnx" 2>/dev/null || did_not_run "export $* failed"; }
n=0
for opset in 13 17 18 21; do
  for preset in yolov3-coco yolov3-tiny-coco; do
    for form in compact loop 'static --batch 2 --input 416x608'; do
      # shellcheck disable=SC2086
      emit --preset "$preset" --opset "$opset" --form $form --components --masks --gradients --diagnostics
    done
  done
done
emit --preset yolov3-coco --layout nchw --reduction none --dtype float64 --gradients
emit --preset yolov3-coco --as-function --components --masks --gradients --diagnostics
emit --preset yolov3-coco --graph head
emit --preset yolov3-coco --graph head-loss
"$venv/bin/python" -B "$here/check.py" graphs/*.onnx fixtures/*/model.onnx "$work"/*.onnx
