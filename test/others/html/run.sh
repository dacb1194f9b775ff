#!/usr/bin/env bash
# Opens the HTML report and the pages of losses in headless Chromium, from as wide as a phone to as wide as a desk, and
# looks whether they fit, need no network and can be used by keyboard and by everyone. SCREENSHOTS names a folder that
# keeps the pictures, CHROMIUM another browser than /usr/bin/chromium for the pages of losses.
#
# Exit codes: those of vitest, and 4 if there is no Chromium.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 70
if ! command -v chromium >/dev/null && [ "$(id -u)" -eq 0 ]; then
  apt-get install -y --no-install-recommends chromium >/dev/null 2>&1
fi
if ! command -v chromium >/dev/null; then
  printf 'test:other html DID NOT RUN: there is no chromium; on Debian, apt-get install chromium\n' >&2
  exit 4
fi
npx vitest run --mode html "$@"
