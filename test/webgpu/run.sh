#!/usr/bin/env bash
# Runs the WebGPU provider on SwiftShader, the software Vulkan driver that Debian's package chromium carries: a second,
# independent implementation of every operator, and no GPU. The driver is taken from the system if the package is
# installed, from $SWIFTSHADER_ICD if that is set, else from the package itself, unpacked and thrown away.
#
# Exit codes: those of vitest, and 4 if the driver could not be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

did_not_run() {
  printf 'test:webgpu DID NOT RUN: %s\n' "$1" >&2
  exit 4
}

# package NAME: unpacks a Debian package below $scratch.
package() {
  chmod 755 "$scratch"
  (cd "$scratch" && apt-get download "$1" >/dev/null 2>&1 && dpkg -x "$1"_*.deb .) || did_not_run \
    "Debian's package $1 cannot be fetched; run apt-get update first, or install it"
}

icd=${SWIFTSHADER_ICD:-/usr/lib/chromium/vk_swiftshader_icd.json}
if [ ! -f "$icd" ]; then
  package chromium
  icd=$scratch/usr/lib/chromium/vk_swiftshader_icd.json
fi
if ! ldconfig -p | grep -q 'libvulkan\.so\.1'; then
  package libvulkan1
  export LD_LIBRARY_PATH="$scratch/usr/lib/$(uname -m)-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi
mkdir -p "$scratch/run"
export VK_DRIVER_FILES=$icd VK_ICD_FILENAMES=$icd XDG_RUNTIME_DIR=$scratch/run
npx vitest run --mode webgpu "$@"
