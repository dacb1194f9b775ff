import { type Detector, refuse } from '../../detector/index.js'
import { quoted } from '../../io/index.js'
import type { Graph, Node, Value } from '../../onnx/index.js'

/** What a batch norm carries along: the name of a statistic, and its next value. */
export type Statistics = ReadonlyMap<string, Value<'float32'>>

/** First opset whose BatchNormalization is told to train by an attribute. */
const trainsSince = 14

const training = (node: Node, outputs: readonly string[]): Node => ({
  ...node,
  outputs,
  attributes: { ...node.attributes, training_mode: { int: 1 } },
})

/** Running statistics, which an export in training mode hands out already. */
const handedOut = ({ outputs: [, ...more] }: Node): boolean => more.length === 2 && !more.includes('')

/** A batch norm that takes the statistics of the batch, and hands out the running ones. */
function byBatch(graph: Graph, node: Node): (readonly [string, Value<'float32'>])[] {
  const statistics = node.inputs.slice(3, 5)
  if (handedOut(node)) {
    graph.changed(node, training(node, node.outputs))
    return statistics.map((name, i) => {
      const running = graph.valueOf(node.outputs[i + 1] as string)
      // By another name, for the detector has this one.
      return [name, graph.emit('Identity', [running], ['float32', running.shape])]
    })
  }
  const [first = ''] = node.outputs
  graph.changed(node, training(node, [first]))
  return statistics.map((name) => {
    const now = graph.root.nodes.find(({ outputs }) => outputs[0] === first) as Node
    return [name, graph.extended<'float32'>(now, ['float32', graph.valueOf(name).shape])]
  })
}

/** A batch norm that keeps its statistics, as an export in training mode has it not. @throws InputError where running ones are read */
function byItsOwn(graph: Graph, node: Node, { file, info }: Detector): void {
  const [first = '', ...running] = node.outputs
  const reads = [...graph.root.nodes.flatMap((n) => n.inputs), ...info.outputs.map(({ name }) => name)]
  const read = running.find((name) => name !== '' && reads.includes(name))
  const what = `batch norm ${quoted(node.name)} is to keep its statistics, but ${quoted(read ?? '')} is read`
  if (read) refuse('E_STEP', file, what, 'export it in evaluation mode')
  const { training_mode: _, ...attributes } = node.attributes
  graph.changed(node, { ...node, outputs: [first], attributes })
}

/**
 * Puts batch norms into training mode, and all others out of it.
 * @param which first results of those that train
 * @throws InputError below opset 14, and where two share their statistics
 */
export function normalizeByBatch(graph: Graph, which: ReadonlySet<string>, detector: Detector): Statistics {
  const { file } = detector
  const norms = graph.root.nodes.filter(({ op }) => op === 'BatchNormalization')
  const [live, still] = [true, false].map((is) => norms.filter(({ outputs }) => which.has(outputs[0] ?? '') === is)) as [Node[], Node[]] // biome-ignore format: one line
  if (live.length > 0 && graph.opset < trainsSince)
    refuse('E_OPSET', file, `batch norms train from opset ${trainsSince} on, and it has ${graph.opset}`, newer)
  for (const node of still) if (node.outputs.length > 1) byItsOwn(graph, node, detector)
  const next = new Map<string, Value<'float32'>>()
  for (const [name, value] of live.flatMap((node) => byBatch(graph, node))) {
    if (next.has(name)) refuse('E_STEP', file, `two batch norms share the statistics ${quoted(name)}`, apart)
    next.set(name, value)
  }
  return next
}

const newer = 'convert it with onnx.version_converter, or keep the statistics: --batch-norm frozen'
const apart = 'export it with statistics of their own, or keep them: --batch-norm frozen'
