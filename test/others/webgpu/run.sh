#!/usr/bin/env bash
# Runs the tests of the WebGPU provider on SwiftShader, a software Vulkan driver: a second, independent implementation of
# every operator, and no GPU.
#
# Exit codes: those of vitest, and 4 if the driver could not be had.
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 70
exec bash test/others/webgpu/software-vulkan.sh npx vitest run --mode webgpu "$@"
