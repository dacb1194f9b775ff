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
  if ! (cd "$scratch" && apt-get download darknet >/dev/null 2>&1 && dpkg -x darknet_*.deb .); then
    echo "NOT RUN: the configuration files of Darknet are not at $folder and Debian's package cannot be fetched." >&2
    echo "         Run apt-get update first, or set DARKNET_CFG to the folder cfg of a copy of Darknet." >&2
    exit 1
  fi
  folder="$scratch/usr/share/darknet/cfg"
fi
npx tsx test/darknet/check.ts "$folder"
