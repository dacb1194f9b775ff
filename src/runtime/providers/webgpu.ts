import { loaderMessage } from './loader.js'
import type { ProviderRecord } from './record.js'

/** Part of onnxruntime-node; on Linux it needs Vulkan. */
export const webgpu: ProviderRecord = {
  profiled: 'WebGpuExecutionProvider',
  remedy: 'install a driver for WebGPU (on Linux: libvulkan.so.1 and a Vulkan driver); or use --ep cpu',
  obstacle(message, plain) {
    if (!/adapter/i.test(message) || process.platform !== 'linux') return undefined
    const missing = loaderMessage('libvulkan.so.1')
    return missing && `${plain} (${missing})`
  },
  /**
   * WGSL grants Exp 3 + 2·|x| ulp and Log 3 ulp, or 2⁻²¹ absolute between ½ and 2 (WGSL specification, "Accuracy of
   * built-in functions"), where the CPU keeps 1 and 2: up to ten times for the |x| < 8 that matter.
   */
  rounding: 10,
  form: 'static',
  /** A software Vulkan driver serves as a second implementation; nothing it computes is a result of a GPU. */
  device() {
    const driver = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? ''
    return /swiftshader|lvp|lavapipe/i.test(driver) ? 'software Vulkan driver, no GPU' : undefined
  },
}
