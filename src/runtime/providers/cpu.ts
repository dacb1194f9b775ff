import type { ProviderRecord } from './record.js'

/** Part of every onnxruntime, which falls back to it. */
export const cpu: ProviderRecord = {
  profiled: 'CPUExecutionProvider',
  remedy: 'npm install onnxruntime-node',
  rounding: 1,
  form: 'compact',
}
