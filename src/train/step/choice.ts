import { type Detector, type ParameterKind, parametersOf, refuse, traceBack } from '../../detector/index.js'
import { listed, nearest, quoted } from '../../io/index.js'
import type { NodeProto } from '../../onnx/index.js'
import type { StepOptions } from './options.js'

/** What of a detector is trained. */
export interface Choice {
  /** Parameters in the order of the file, and what they are. */
  readonly trained: ReadonlyMap<string, ParameterKind>
  /** First results of the batch norms that take the statistics of the batch. */
  readonly normalizing: ReadonlySet<string>
}

type Asked = Pick<StepOptions, 'freeze' | 'freezeAbove' | 'only' | 'batchNorm'>

/** The nodes that values are made by, directly or not. */
function above({ producers }: Detector, values: readonly string[]): Set<NodeProto> {
  const found = new Set<NodeProto>()
  const open = [...values]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = producers.get(name)
    if (!node || found.has(node)) continue
    found.add(node)
    open.push(...node.input)
  }
  return found
}

/** The convolutions that make the heads, with what adds their bias. */
function makersOfHeads(detector: Detector, heads: readonly string[]): Set<NodeProto> {
  const sources = heads.flatMap((name) => traceBack(detector, name).sources)
  const last = sources.flatMap((name) => detector.producers.get(name) ?? [])
  const beneath = last.flatMap((n) =>
    n.opType === 'Add' ? n.input.flatMap((i) => detector.producers.get(i) ?? []) : [],
  )
  return new Set([...last, ...beneath])
}

/** The result that a value or node is named after. @throws InputError for a name that is neither */
function resultNamed(detector: Detector, name: string): string {
  if (detector.producers.has(name)) return name
  const node = detector.graph.node.find((n) => n.name === name && n.output[0])
  if (node) return node.output[0] as string
  const near = nearest(name, [...detector.producers.keys(), ...detector.graph.node.map((n) => n.name)])
  const hint = near === undefined ? 'name a node or a value of the detector' : `did you mean ${quoted(near)}?`
  return refuse('E_FREEZE', detector.file, `it has no node ${quoted(name)} to freeze above`, hint)
}

/** Whether a name matches one of the patterns. @throws InputError for a pattern that matches none */
function matcher(detector: Detector, patterns: readonly string[], names: readonly string[]) {
  const tests = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const test = new RegExp(`^${parts.join('.*')}$`)
    if (!names.some((name) => test.test(name)))
      refuse(
        'E_FREEZE',
        detector.file,
        `no parameter matches ${quoted(pattern)}`,
        `they are ${listed(names.slice(0, 8))}`,
      )
    return test
  })
  return (name: string) => tests.some((test) => test.test(name))
}

/**
 * Chooses what is trained of a detector: all parameters above its heads but the frozen ones. A batch norm whose scale and
 * bias are both frozen keeps its statistics.
 * @throws InputError for names and patterns that mean nothing, and where nothing is left to train
 */
export function chosen(detector: Detector, heads: readonly string[], asked: Asked): Choice {
  const { freeze = [], freezeAbove = [], only, batchNorm = 'train' } = asked
  const still = above(detector, freezeAbove.map((name) => resultNamed(detector, name))) // biome-ignore format: one line
  const moving = [...(only === 'heads' ? makersOfHeads(detector, heads) : above(detector, heads))]
  const nodes = moving.filter((node) => !still.has(node))
  const all = [...parametersOf(detector, nodes)].filter(([, kind]) => kind !== 'statistic')
  const isFrozen = matcher(detector, freeze, all.map(([name]) => name)) // biome-ignore format: one line
  const trained = new Map(all.filter(([name]) => !isFrozen(name)))
  if (trained.size === 0) refuse('E_FREEZE', detector.file, 'nothing is left to train', 'freeze less')
  const norms = batchNorm === 'train' ? nodes.filter((n) => n.opType === 'BatchNormalization') : []
  const live = norms.filter(({ input: [, scale = '', bias = ''] }) => trained.has(scale) || trained.has(bias))
  return { trained, normalizing: new Set(live.map((n) => n.output[0] as string)) }
}
