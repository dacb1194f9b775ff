#!/usr/bin/env bash
# Against Debian's package darknet: reads every YOLO v3 configuration file in it, and compares our gradient with the one of
# its own YOLO layer.
#
# The files are taken from the system if the package is installed, from $DARKNET_CFG if that is set, else from the package
# itself, unpacked beside nothing else. The gradient needs the installed package (it brings libraries along) and a C
# compiler. Exit codes: 1 if a comparison failed, 4 if one could not run.
set -uo pipefail
cd "$(dirname "$0")/../../.."
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
library=/usr/lib/darknet

did_not_run() {
  printf 'test:other darknet DID NOT RUN: %s\n' "$1" >&2
  exit 4
}

folder="${DARKNET_CFG:-/usr/share/darknet/cfg}"
if [ ! -d "$folder" ]; then
  fetch() { (cd "$scratch" && apt-get download darknet >/dev/null 2>&1 && dpkg -x darknet_*.deb .); }
  fetch || { apt-get update -qq >/dev/null 2>&1 && fetch; } || did_not_run \
    "no configuration files of Darknet at $folder, and Debian's package darknet cannot be fetched; set DARKNET_CFG to the folder cfg of a copy"
  folder="$scratch/usr/share/darknet/cfg"
fi
npx tsx test/others/darknet/check.ts "$folder" | tee "$scratch/log" || exit

[ -e "$library/libdarknet.so" ] || did_not_run 'the gradient needs the package: apt-get install darknet'
command -v gcc >/dev/null || did_not_run 'the gradient needs gcc'
gcc -O1 -o "$scratch/backward" test/others/darknet/backward.c -I"$library/include" -L"$library" -ldarknet \
  -Wl,-rpath,"$library" || did_not_run "backward.c cannot be linked with $library/libdarknet.so"
npx tsx test/others/darknet/gradient.ts "$scratch/backward" | tee -a "$scratch/log"
code=$?
awk '/^[0-9]+ passed, [0-9]+ failed$/ { ok += $1; bad += $3 } END { printf "\n%d passed, %d failed\n", ok, bad }' "$scratch/log"
exit "$code"
