#!/usr/bin/env bash
# Holds the training steps of detectors to PyTorch: YOLOv3-tiny from Debian's darknet configuration file, as both exporters of
# PyTorch write it, with batch norms that train and with folded ones, and as Keras does; narrowed, over steps of every optimizer;
# YOLOv3 narrowed. Everything large is made in a temporary folder.
#
# Exit codes: 0, 1 if something differs, 4 if something could not be had. Ends with "N passed, N failed".
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
detectors=$root/test/others/detectors
script='test:other step'
. "$root/test/others/common.sh"

# $1: name; $2: preset; $3: runs; the rest: the command that makes the detector.
detector() {
  local name=$1 preset=$2 runs=$3 folder=$scratch/$1
  shift 3
  mkdir -p "$folder"
  if ! "$@" "$folder/detector.onnx" >"$scratch/export.log" 2>&1; then
    did_not_run "$name: $(tail -n 1 "$scratch/export.log")"
    return
  fi
  printf '%s\n' "$name"
  # shellcheck disable=SC2086
  { (cd "$root" && npx tsx test/others/step/make.ts "$folder/detector.onnx" "$preset" 96 160 3 "$folder" $runs) &&
    "$root/.venv/bin/python" -B "$here/check.py" "$folder/detector.onnx" "$folder"; } 2>&1 | tee "$scratch/log"
  passed=$((passed + $(grep -c '^pass' "$scratch/log")))
  failed=$((failed + $(grep -c '^FAIL' "$scratch/log")))
  tail -n 1 "$scratch/log" | grep -q ' passed, ' || failed=$((failed + 1))
  rm -rf "$folder" "$scratch/log"
}

# The program that ships brings the loss down, at its own rate.
program() {
  local folder=$scratch/program losses
  mkdir -p "$folder"
  (cd "$root" && npx tsx test/others/step/batch.ts "$folder") || return
  losses=$(cd "$folder" && "$root/.venv/bin/python" -B "$root/src/cli/programs/python/step.py" step.onnx step.npz batch.npz 5)
  printf '%s\n' "$losses" | awk '{ last = $2; if (NR == 1) first = $2 } END { exit !(NR == 5 && last < first) }'
}

# A configuration file of Darknet with a part of the filters, but for those of the heads.
narrowed() {
  awk -F= -v by="$2" '/^filters=/ && $2 != 255 { print "filters=" int($2 / by < 4 ? 4 : $2 / by); next } { print }' "$1"
}

if ! cfg=$(debian darknet /usr/share/darknet/cfg); then
  did_not_run "Debian's package darknet cannot be fetched"
elif ! environment "$root/.venv" "$detectors/requirements.txt"; then
  did_not_run 'PyTorch'
else
  torch() { "$root/.venv/bin/python" "$detectors/darknet_torch.py" "$@"; }
  if ! environment "$root/.venv" "$here/requirements.txt"; then
    did_not_run 'onnxruntime for Python'
  elif program; then
    echo 'pass  program step.py' && passed=$((passed + 1))
  else
    echo 'FAIL  program step.py' && failed=$((failed + 1))
  fi
  narrowed "$cfg/yolov3-tiny.cfg" 4 >"$scratch/tiny.cfg"
  narrowed "$cfg/yolov3.cfg" 8 >"$scratch/yolov3.cfg"
  detector tiny-narrow@preserve-17 yolov3-tiny-coco 'sgd clipped adam adamw' torch "$scratch/tiny.cfg" 17 preserve 96 160
  detector tiny-narrow@training-17 yolov3-tiny-coco '' torch "$scratch/tiny.cfg" 17 training 96 160
  detector tiny@preserve-17 yolov3-tiny-coco '' torch "$cfg/yolov3-tiny.cfg" 17 preserve 96 160
  detector tiny@torchscript-17 yolov3-tiny-coco '' torch "$cfg/yolov3-tiny.cfg" 17 torchscript 96 160
  detector tiny@dynamo-18 yolov3-tiny-coco '' torch "$cfg/yolov3-tiny.cfg" 18 dynamo 96 160
  detector yolov3-narrow@preserve-17 yolov3-coco '' torch "$scratch/yolov3.cfg" 17 preserve 96 160
  if keras_environment "$root/.venv-keras" "$detectors/requirements-keras.txt"; then
    keras() { "$root/.venv-keras/bin/python" "$detectors/darknet_keras.py" "$@"; }
    detector tiny-narrow@keras-17 yolov3-tiny-coco '' keras "$scratch/tiny.cfg" 17 96 160
  else
    did_not_run 'Keras'
  fi
fi

ended
