#!/usr/bin/env bash
# Teaches YOLOv3-tiny, from random weights, rendered shapes of three classes by `yolo-loss fit` alone, and judges it on held-out
# images by pycocotools; the same in PyTorch beside it. [STEPS]
#
# Exit codes: 0, 1 if it did not learn, 4 if something could not be had. Ends with "N passed, N failed".
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
detectors=$root/test/others/detectors
script='test:other learn'
steps=${1:-400} rate=0.001 warmup=50 least=0.9
. "$root/test/others/common.sh"

yolo_loss() { (cd "$scratch" && node "$root/dist/yolo-loss.js" "$@"); }

# $1: what has learned; $2: its file; $3: mean average precision that it must reach.
judge() {
  yolo_loss predict "$2" --config config.json --images held --coco held.json --score 0.005 -o "$1.json" -q &&
    "$root/.venv/bin/python" -B "$here/judge.py" "$scratch/held.json" "$scratch/$1.json" "$3" "$1" | tee "$scratch/log"
  if grep -q '^pass' "$scratch/log"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

learn() {
  sed 's/^filters=255/filters=24/; s/^classes=80/classes=3/' "$1/yolov3-tiny.cfg" >"$scratch/tiny.cfg"
  cat >"$scratch/config.json" <<'JSON'
{ "anchors": [[24, 32], [32, 24], [40, 40], [36, 52], [52, 36], [54, 54]], "anchorMask": [[3, 4, 5], [0, 1, 2]], "classes": 3, "ignoreThreshold": 0.5, "input": [128, 128], "batch": 8 }
JSON
  (cd "$root" && npx tsx test/others/learn/shapes.ts "$scratch" 480 120) &&
    "$root/.venv/bin/python" "$detectors/darknet_torch.py" "$scratch/tiny.cfg" 17 preserve 128 128 "$scratch/tiny.onnx" \
      >"$scratch/export.log" 2>&1 &&
    yolo_loss attach tiny.onnx --config config.json --labels boxes --max-boxes 3 --train adam -o step.onnx &&
    { began=$SECONDS && yolo_loss fit step.onnx --annotations train.txt --max-steps "$steps" --rate "$rate" \
      --warmup "$warmup" --validation held.txt -o trained.onnx; } &&
    printf 'fit: %s steps in %s s\n' "$steps" $((SECONDS - began)) &&
    judge fit trained.onnx "$least" &&
    yolo_loss targets train.txt --config config.json --input 128x128 -o labels.npz -q &&
    "$root/.venv/bin/python" -B "$here/torch_run.py" "$scratch/tiny.cfg" "$scratch/config.json" "$scratch/train.txt" \
      "$scratch/labels.npz" "$steps" "$rate" "$warmup" "$scratch/torch.onnx" 2>"$scratch/export.log" &&
    judge PyTorch torch.onnx "$least" || { cat "$scratch/export.log" && failed=$((failed + 1)); }
}

if ! cfg=$(debian darknet /usr/share/darknet/cfg); then
  did_not_run "Debian's package darknet cannot be fetched"
elif ! environment "$root/.venv" "$here/requirements.txt"; then
  did_not_run 'PyTorch and pycocotools'
elif (cd "$root" && npm run --silent build); then
  learn "$cfg"
else
  failed=1
fi

ended
