import type { Graph } from '../../src/graph/graph.js'
import type { Model, Node } from '../../src/graph/model.js'
import type { Real } from '../../src/graph/tensor.js'
import type { Value } from '../../src/graph/value.js'
import type { Differentiable } from '../../src/loss/bce.js'
import type * as Boxes from '../../src/loss/box.js'
import { abs, add, div, exp, log, max, mul, neg } from '../../src/ops/elementwise.js'
import { greater } from '../../src/ops/logic.js'
import { cast, concat, split } from '../../src/ops/movement.js'
import type { Operand } from '../../src/ops/operand.js'
import type * as Config from '../../src/yolo/config.js'
import type * as Ignore from '../../src/yolo/ignore.js'
import type * as SizesOf from '../../src/yolo/sizes.js'
import type * as Terms from '../../src/yolo/terms.js'

type V = Value<'float32'>
type Exports = Record<string, unknown>

/** A fault in the loss: exports of a module of the source replaced, or the finished model changed. */
export type Mutation =
  | { readonly module: string; readonly plant: (original: never) => Exports }
  | { readonly model: (model: Model) => Model }

const inModule = <M>(module: string, plant: (original: M) => Exports): Mutation => ({ module, plant })

type ObjectArguments = Parameters<typeof Terms.objectTerms<'float32'>>

/** Replaces some terms of objects. */
const inTerms = (
  plant: (right: ReturnType<typeof Terms.objectTerms<'float32'>>, z: Terms.Cells<'float32'>) => Exports,
) =>
  inModule<typeof Terms>('yolo/terms', (original) => ({
    objectTerms: (...args: ObjectArguments) => {
      const right = original.objectTerms(...args)
      return { ...right, ...plant(right, args[0]) }
    },
  }))

const times = ({ value, slope }: Differentiable<'float32'>, factor: Operand<'float32'>): Differentiable<'float32'> => ({
  value: mul(value, factor),
  slope: mul(slope, factor),
})

const inBox = (plant: (original: typeof Boxes) => Exports): Mutation => inModule('loss/box', plant)

function lessOrEqual(a: V, b: V | number): Value<'bool'> {
  const right = typeof b === 'number' ? a.graph.scalar(b, a.dtype) : b
  return a.graph.emit('LessOrEqual', [a, right], ['bool', a.shape])
}

const bareLog1pExp = <D extends Real>(d: Value<D>): Value<D> => log(add(exp(d), 1))

/** Every scale also hides behind the boxes of the scale before it. */
function acrossScales({ ignored }: typeof Ignore): Exports {
  const previous = new WeakMap<Graph, readonly [Value<'int64'>, Terms.Cells]>()
  return {
    ignored: (head: Parameters<typeof ignored>[0], image: Value<'int64'>, y: Terms.Cells) => {
      const before = previous.get(image.graph)
      previous.set(image.graph, [image, y])
      return concat([ignored(head, image, y), ...(before ? [ignored(head, ...before)] : [])], 0)
    },
  }
}

/** Each term divided by the positives of its scale instead of the batch. */
function dividedByPositives(model: Model): Model {
  const mutate = (node: Node): Node => {
    const scale =
      /^layer(\d+)\/(xy|wh|conf|class)\/Div$/.exec(node.name)?.[1] ??
      /^(?:xy|wh|conf|class)_(\d+)$/.exec(node.outputs[0] ?? '')?.[1]
    return scale === undefined ? node : { ...node, inputs: [node.inputs[0] as string, `positives_${scale}`] }
  }
  return { ...model, body: { ...model.body, nodes: model.body.nodes.map(mutate) } }
}

/** The faults that implementations of this loss are known for. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'width and height of the grid swapped': inModule<typeof SizesOf>('yolo/sizes', (original) => ({
    sizesOf: (...args: Parameters<typeof SizesOf.sizesOf<'float32'>>) => {
      const sizes = original.sizesOf(...args)
      const [w, h] = split(sizes.g, [1, 1], 0)
      return { ...sizes, g: concat([h, w], 0) }
    },
  })),
  'anchors as (h, w)': inModule<typeof Config>('yolo/config', (original) => ({
    anchorsOf: (...args: Parameters<typeof Config.anchorsOf>) => original.anchorsOf(...args).map(([w, h]) => [h, w]),
  })),
  '≤ for <': inModule('ops/logic', () => ({ less: lessOrEqual })),
  'no ½ on wh': inTerms(({ wh }) => ({ wh: times(wh, 2) })),
  'no scale': inBox(() => ({ boxScale: (w: V) => add(mul(w, 0), 1) })),
  'a clamped scale': inBox(({ boxScale }) => ({ boxScale: (w: V, h: V) => max(boxScale(w, h), 1) })),
  'division by positives': { model: dividedByPositives },
  'boxes of other scales': inModule('yolo/ignore', acrossScales),
  'boxes of other images': inModule<typeof Ignore>('yolo/ignore', ({ ignored }) => ({
    ignored: (head: Parameters<typeof ignored>[0], image: Value<'int64'>, y: Terms.Cells) =>
      ignored(head, mul(image, 0), y),
  })),
  'targets multiplied before divided': inBox(({ sizeRatio }) => ({
    sizeRatio: (y: V, a: V, S: V) => sizeRatio(mul(y, S), a, div(S, S)),
  })),
  'Max(o, κ) for o + (1 − o)·κ': inModule<typeof Terms>('yolo/terms', () => ({
    confidence: (o: V, E: Differentiable<'float32'>, κ: Value<'bool'>) => times(E, max(o, cast(κ, o.dtype))),
  })),
  'o > 0 for o ≠ 0': inTerms(({ xy, wh, class: cls }, z) => {
    const positive = cast(greater(z.obj, 0), 'float32')
    return { xy: times(xy, positive), wh: times(wh, positive), class: times(cls, positive) }
  }),
  'bare log(1 + exp)': inModule('loss/bce', () => ({
    log1pExpBySoftplus: bareLog1pExp,
    log1pExpCompensated: bareLog1pExp,
    bceOfBackground: (t: V) => ({ value: add(max(t, 0), bareLog1pExp(neg(abs(t)))), slope: t }),
  })),
}
