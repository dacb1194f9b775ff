import { expectArguments, must } from '../io/index.js'
import { cuda } from './cuda.table.js'
import { undifferentiable } from './differentiates.js'
import type { Finding } from './finding.js'
import { openGraph } from './graph.js'
import { jax } from './jax.table.js'
import { iree, mnn, openvino } from './measured.table.js'
import { onnx2torch } from './onnx2torch.table.js'
import { ortTraining } from './ortTraining.table.js'
import { unrunnable } from './runs.js'
import type { Table, Target } from './table.js'
import { targets } from './table.js'
import { tensorrt } from './tensorrt.table.js'
import { tinygrad } from './tinygrad.table.js'
import { tvm } from './tvm.table.js'
import { webgpu } from './webgpu.table.js'

/** What a target says to a graph. */
export interface LintReport extends Pick<Table, 'target' | 'version' | 'source'> {
  readonly findings: readonly Finding[]
}

const runners: Readonly<Record<Exclude<Target, 'ort-training'>, Table>> = {
  tensorrt,
  webgpu,
  cuda,
  onnx2torch,
  jax,
  openvino,
  tvm,
  iree,
  mnn,
  tinygrad,
}

/**
 * Names every operator and construct of a graph that a target cannot run; for `ort-training`, those on the path from the
 * logits to the loss that it cannot differentiate.
 * @throws InputError for bytes that are no model
 */
export function lintGraph(bytes: Uint8Array, target: Target, file = 'model'): LintReport {
  expectArguments(
    'lintGraph',
    { bytes: must.bytes, target: must.oneOf(targets), file: must.text },
    { bytes, target, file },
  )
  const graph = openGraph(bytes, file)
  const table = target === 'ort-training' ? ortTraining : runners[target]
  const findings = target === 'ort-training' ? undifferentiable(graph, ortTraining) : unrunnable(graph, runners[target])
  return { target, version: table.version, source: table.source, findings }
}
