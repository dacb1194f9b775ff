import type { AnyTensor } from '../../io/index.js'
import type { Feeds } from '../../runtime/index.js'
import type { Comparison } from '../compare/compare.js'
import { causesOf } from './causes.js'
import { compareLayer, compareLayers, type Layers, type LayerTolerance, type Origin } from './diverge.js'
import { feedsOf, runOn, type Side, type Trace, trace } from './trace.js'

/** Whether the node differs by itself, or only passes on, larger, what its inputs differ by within the tolerance. */
export type Alone = 'differs' | 'agrees' | 'unknown'

/** The first node at which two sides part. */
export interface Divergence extends Origin {
  /** Run by itself on the inputs of side a. */
  readonly alone: Alone
  /** What distinguishes it from its counterpart in the other graph. */
  readonly causes: readonly string[]
}

/** What `--layerwise` and `diff` find. */
export interface LayerReport {
  readonly a: string
  readonly b: string
  readonly layers: Layers
  readonly first?: Divergence
  /** Outputs of the models that differ when both run fully optimised; undefined when that was not tried. */
  readonly persists?: readonly string[]
}

/**
 * Whether a report shows more than rounding: a node that differs by itself, or an output that differs in the end. A node
 * that agrees on equal inputs only enlarges, as a difference of near numbers does, what was within the tolerance before.
 */
export const isFault = ({ first, persists }: LayerReport): boolean =>
  first !== undefined && (first.alone !== 'agrees' || persists === undefined || persists.length > 0)

/** How many places where sides part are tried by themselves, before the first of them is named anyway. */
const tried = 16

/** Runs the node of side b alone on the values of side a. */
async function runAlone(side: Side, a: Trace, b: Trace, { index }: Origin) {
  const model = b.graph.alone(index, a.values)
  return runOn(side, model, feedsOf(model, side.file, a.values))
}

async function aloneAt(side: Side, a: Trace, b: Trace, origin: Origin, tolerance: LayerTolerance): Promise<Alone> {
  if (origin.failure !== undefined) return 'differs'
  const run = await runAlone(side, a, b, origin).catch(() => undefined)
  if (run === undefined) return 'unknown'
  // It ran inside the graph: what fails is only the making of a model of it.
  if ('error' in run) return 'unknown'
  const differs = origin.outputs.some(({ name }) => {
    const [want, got] = [a.values.get(name), run.outputs.get(name)]
    return want && got && !compareLayer(name, want, got, tolerance).pass
  })
  return differs ? 'differs' : 'agrees'
}

/** The first origin that differs by itself; failing that, the first, as it came out. */
async function firstOf(side: Side | undefined, a: Trace, b: Trace, layers: Layers, tolerance: LayerTolerance) {
  const [head] = layers.origins
  if (!head) return undefined
  let ofHead: Alone | undefined
  for (const origin of side ? layers.origins.slice(0, tried) : []) {
    const alone = await aloneAt(side as Side, a, b, origin, tolerance)
    if (alone === 'differs') return { ...origin, alone }
    ofHead ??= alone
  }
  return { ...head, alone: ofHead ?? ('unknown' as const) }
}

/** The outputs of two models that differ when both are fully optimised, as users run them. */
async function optimisedDifferences(a: Side, b: Side, feeds: Feeds, tolerance: LayerTolerance): Promise<string[]> {
  const outputs = async (side: Side): Promise<ReadonlyMap<string, AnyTensor>> => {
    const run = await runOn(side, side.bytes, feeds, 'all')
    return run && 'outputs' in run ? run.outputs : new Map()
  }
  const [left, right] = [await outputs(a), await outputs(b).catch(() => new Map<string, AnyTensor>())]
  return [...left].flatMap(([name, value]) => {
    const other = right.get(name)
    return other && compareLayer(name, value, other, tolerance).pass ? [] : [name]
  })
}

/** Compares two traces; `side` is where single nodes of b can be run, if anywhere. */
export async function locate(a: Trace, b: Trace, tolerance: LayerTolerance, side?: Side): Promise<LayerReport> {
  const layers = compareLayers(a, b, tolerance)
  const first = await firstOf(side, a, b, layers, tolerance)
  const causes = first && a.graph !== b.graph ? causesOf(a.graph, b.graph, first.node, a.values) : []
  return { a: a.label, b: b.label, layers, ...(first ? { first: { ...first, causes } } : {}) }
}

/**
 * Runs two sides on the same inputs and finds the first node, in topological order, whose inputs agree and whose
 * outputs do not, and whether the models still differ when fully optimised.
 * @param ran hears of each side that has been run
 * @throws errors of a provider that is not there, LimitError
 */
export async function locateFirst(a: Side, b: Side, feeds: Feeds, tolerance: LayerTolerance, ran = () => {}) {
  const traced = (side: Side) => trace(side, feeds).finally(ran)
  const [left, right] = [await traced(a), await traced(b)]
  const report = await locate(left, right, tolerance, b)
  const persists = report.first ? await optimisedDifferences(a, b, feeds, tolerance).catch(() => undefined) : undefined
  return { report: { ...report, ...(persists ? { persists } : {}) }, left, right }
}

/** The comparison that shows a divergence best. */
export const worstOf = ({ outputs }: Origin): Comparison | undefined =>
  outputs.map((o) => o.comparison).sort((x, y) => (y.worstAbs?.value ?? 0) - (x.worstAbs?.value ?? 0))[0]
