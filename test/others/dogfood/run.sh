#!/usr/bin/env bash
# Verifies every model of Debian's package libonnx-testdata, over a thousand that nobody here wrote. They are taken from
# the system if the package is installed, from $ONNX_TESTDATA if that is set, else from the package itself, unpacked and
# thrown away.
#
# Exit codes: those of check.ts, and 4 if the models could not be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 70
folder=${ONNX_TESTDATA:-/usr/share/libonnx-testdata/data}
if [ ! -d "$folder" ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  chmod 755 "$scratch"
  if ! (cd "$scratch" && apt-get download libonnx-testdata >/dev/null 2>&1 && dpkg -x libonnx-testdata_*.deb .); then
    printf "test:other dogfood DID NOT RUN: Debian's package libonnx-testdata cannot be fetched; run apt-get update first\n" >&2
    exit 4
  fi
  folder=$scratch/usr/share/libonnx-testdata/data
fi
npx tsx test/others/dogfood/check.ts "$folder"
