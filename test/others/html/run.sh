#!/usr/bin/env bash
# Opens the HTML report and the pages of losses in headless Chromium, from as wide as a phone to as wide as a desk, and
# looks whether they fit, need no network and can be used by keyboard and by everyone; live pages too, with
# onnxruntime-web, which it gets. SCREENSHOTS names a folder that keeps the pictures, CHROMIUM another browser than
# /usr/bin/chromium for the pages of losses.
#
# Exit codes: those of vitest, and 4 if there is no Chromium or no onnxruntime-web.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 70
if ! command -v chromium >/dev/null && [ "$(id -u)" -eq 0 ]; then
  apt-get install -y --no-install-recommends chromium >/dev/null 2>&1
fi
if ! command -v chromium >/dev/null; then
  printf 'test:other html DID NOT RUN: there is no chromium; on Debian, apt-get install chromium\n' >&2
  exit 4
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! npm install --prefix "$scratch" --ignore-scripts --no-audit --no-fund onnxruntime-web@1.30.0 >"$scratch/log" 2>&1; then
  cat "$scratch/log" >&2
  printf 'test:other html, live pages: DID NOT RUN: onnxruntime-web 1.30.0 could not be had\n' >&2
  npx vitest run --mode html "$@"
  code=$?
  exit $((code ? code : 4))
fi
ORT_WEB="$scratch/node_modules/onnxruntime-web" npx vitest run --mode html "$@"
