import { readModel } from '../../onnx/index.js'
import { writeCase } from '../cases/writecase.js'
import type { LayerTolerance } from './diverge.js'
import type { Divergence, LayerReport } from './locate.js'
import type { Trace } from './trace.js'

/**
 * Writes the diverging node as a model of its own, with the inputs on which it differs and what side a makes of them,
 * as a case that `verify` fails on side b.
 * @throws WriteError when the system refuses
 */
export async function writeRepro(
  dir: string,
  report: LayerReport,
  first: Divergence,
  a: Trace,
  b: Trace,
  tolerance: LayerTolerance,
): Promise<void> {
  const model = b.graph.alone(first.index, a.values)
  const tensors = (names: readonly string[]) =>
    names.flatMap((name) => {
      const tensor = a.values.get(name)
      return tensor ? [{ name, tensor }] : []
    })
  const info = readModel(model, first.node.name)
  await writeCase(dir, {
    model,
    inputs: tensors(info.inputs.map((i) => i.name)),
    outputs: tensors(info.outputs.map((o) => o.name)),
    tolerances: tolerance,
    info: {
      title: `${first.node.name} (${first.node.op}), the first node at which ${report.b} parts from ${report.a}`,
      provenance: { expected: report.a, differs: report.b, causes: first.causes },
    },
  })
}
