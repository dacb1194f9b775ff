#!/usr/bin/env bash
# Runs a command with SwiftShader as the only Vulkan driver: bash software-vulkan.sh COMMAND [ARGUMENT…]. It lies in
# Debian's package chromium-common: installed, or named by $SWIFTSHADER_ICD, or else unpacked from the package and thrown away.
#
# Exit codes: those of the command, and 4 if the driver could not be had.
set -uo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# package NAME: unpacks a Debian package below $scratch.
package() {
  chmod 755 "$scratch"
  (cd "$scratch" && apt-get download "$1" >/dev/null 2>&1 && dpkg -x "$1"_*.deb .) && return
  printf 'WebGPU DID NOT RUN: %s cannot be fetched; run apt-get update first, or install that package of Debian\n' "$1" >&2
  exit 4
}

icd=${SWIFTSHADER_ICD:-/usr/lib/chromium/vk_swiftshader_icd.json}
if [ ! -f "$icd" ]; then
  package chromium-common
  icd=$scratch/usr/lib/chromium/vk_swiftshader_icd.json
fi
if ! ldconfig -p | grep -q 'libvulkan\.so\.1'; then
  package libvulkan1
  export LD_LIBRARY_PATH="$scratch/usr/lib/$(uname -m)-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi
mkdir -p "$scratch/run"
export VK_DRIVER_FILES=$icd VK_ICD_FILENAMES=$icd XDG_RUNTIME_DIR=$scratch/run
"$@"
