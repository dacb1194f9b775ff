#!/usr/bin/env bash
# Reads every YOLO v3 configuration file of Debian's package darknet. They are taken from the system if the package is
# installed, from $DARKNET_CFG if that is set, else from the package itself, unpacked beside nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder="${DARKNET_CFG:-/usr/share/darknet/cfg}"
if [ ! -d "$folder" ]; then
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  chmod 755 "$scratch"
  fetch() { (cd "$scratch" && apt-get download darknet >/dev/null 2>&1 && dpkg -x darknet_*.deb .); }
  if ! fetch && ! { apt-get update -qq >/dev/null 2>&1 && fetch; }; then
    echo "DID NOT RUN: no configuration files of Darknet at $folder, and Debian's package darknet cannot be fetched; set DARKNET_CFG to the folder cfg of a copy" >&2
    exit 4
  fi
  folder="$scratch/usr/share/darknet/cfg"
fi
npx tsx test/darknet/check.ts "$folder"
