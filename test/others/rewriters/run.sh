#!/usr/bin/env bash
# Rewrites graphs with onnxsim, onnxslim, onnxoptimizer, onnxscript, ONNX Runtime's offline optimisation and its quantizer,
# onnx.compose, spox, the version converter, other names and another order, and holds `verify` to passing every one of them: npm run test:other rewriters, in .venv-rewriters.
#
# Exit codes: 0, 1 for a graph that verify fails, 4 if Python or a tool could not be had.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv=$root/.venv-rewriters

did_not_run() {
  printf 'test:other rewriters DID NOT RUN: %s\n' "$1" >&2
  exit 4
}

command -v python3 >/dev/null || did_not_run 'there is no python3'
[ -x "$venv/bin/python" ] || python3 -m venv "$venv" || did_not_run 'python3 -m venv failed'
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
  did_not_run 'its packages could not be installed'

cd "$root" || exit 70
[ -f dist/yolo-loss.js ] || npm run --silent build || exit 70
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '{"anchors": [[12,18],[30,44],[61,80],[100,70],[140,160],[210,190]], "classes": 3}' >"$work/three.json"
emit() {
  local name=$1
  shift
  node dist/yolo-loss.js export "$@" -o "$work/$name.onnx" 2>/dev/null || did_not_run "export $* failed"
}
all='--components --masks --gradients'
# shellcheck disable=SC2086
{
  emit coco --preset yolov3-coco $all
  emit coco-loss --preset yolov3-coco
  emit tiny-half --preset yolov3-tiny-coco --dtype float16 --layout nchw $all
  emit own --config "$work/three.json" --reduction none --diagnostics $all
  emit static --config "$work/three.json" --form static --batch 2 --input 96x64 $all
  emit loop --config "$work/three.json" --form loop $all
}
"$venv/bin/python" -B "$here/rewrite.py" "$work" "$work"/*.onnx 2>/dev/null
passed=0 failed=0
for model in "$work"/*.*.onnx; do
  if node dist/yolo-loss.js verify "$model" >"$work/log" 2>&1; then
    passed=$((passed + 1)) && printf 'ok    %s\n' "$(basename "$model")"
  else
    printf 'FAIL  %s (%s)\n' "$(basename "$model")" "$?"
    failed=$((failed + 1)) && tail -25 "$work/log"
  fi
done
printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -ge 70 ]
