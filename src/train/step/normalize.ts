import { refuse } from '../../detector/index.js'
import type { Graph, Node, Value } from '../../onnx/index.js'

/** What a batch norm carries along: the name of a statistic, and its next value. */
export type Statistics = ReadonlyMap<string, Value<'float32'>>

/** First opset whose BatchNormalization is told to train by an attribute. */
const trainsSince = 14

/** A batch norm that takes the statistics of the batch, and hands out the running ones. */
function inTraining(graph: Graph, node: Node): (readonly [string, Value<'float32'>])[] {
  const changed = graph.changed(node, { ...node, attributes: { ...node.attributes, training_mode: { int: 1 } } })
  const statistics = node.inputs.slice(3, 5)
  return statistics.map((name) => {
    const now = graph.root.nodes.find(({ outputs }) => outputs[0] === changed.outputs[0]) as Node
    return [name, graph.extended<'float32'>(now, ['float32', graph.valueOf(name).shape])]
  })
}

/**
 * Puts batch norms into training mode.
 * @param which their first results
 * @throws InputError below opset 14, and where two share their statistics
 */
export function normalizeByBatch(graph: Graph, which: ReadonlySet<string>, file: string): Statistics {
  const norms = graph.root.nodes.filter(({ outputs }) => which.has(outputs[0] ?? ''))
  if (norms.length > 0 && graph.opset < trainsSince)
    refuse('E_OPSET', file, `batch norms train from opset ${trainsSince} on, and it has ${graph.opset}`, newer)
  const next = new Map<string, Value<'float32'>>()
  for (const [name, value] of norms.flatMap((node) => inTraining(graph, node))) {
    if (next.has(name)) refuse('E_STEP', file, `two batch norms share the statistics ${name}`, apart)
    next.set(name, value)
  }
  return next
}

const newer = 'convert it with onnx.version_converter, or keep the statistics: --batch-norm frozen'
const apart = 'export it with statistics of their own, or keep them: --batch-norm frozen'
