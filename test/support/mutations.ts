import type { Real } from '../../src/io/tensor.js'
import type { Model, Node, Shape } from '../../src/onnx/graph/model.js'
import { broadcast } from '../../src/onnx/graph/shape.js'
import type { Value } from '../../src/onnx/graph/value.js'
import { concatAll } from '../../src/onnx/ops/concat.js'
import { split } from '../../src/onnx/ops/divide.js'
import { add, div, log, max, mul } from '../../src/onnx/ops/elementwise.js'
import { greater, less, where } from '../../src/onnx/ops/logic.js'
import { cast, unsqueeze } from '../../src/onnx/ops/movement.js'
import type { Operand } from '../../src/onnx/ops/operand.js'
import { gather } from '../../src/onnx/ops/select.js'
import { slice } from '../../src/onnx/ops/slice.js'
import type { Positives } from '../../src/yolo/assignment/positives.js'
import type * as Config from '../../src/yolo/config/config.js'
import type * as Ignore from '../../src/yolo/forms/compact/ignore.js'
import type { Differentiable } from '../../src/yolo/formulas/bce.js'
import type * as Boxes from '../../src/yolo/formulas/box.js'
import type * as Log1p from '../../src/yolo/formulas/log1p.js'
import type { Heads } from '../../src/yolo/heads/head.js'
import type * as Terms from '../../src/yolo/terms/terms.js'

type V = Value<'float32'>
type Exports = Record<string, unknown>

/** A fault in the loss: exports of a module of the source replaced, or the finished model changed. */
export type Mutation =
  | { readonly module: string; readonly plant: (original: never) => Exports }
  | { readonly model: (model: Model) => Model }

const inModule = <M>(module: string, plant: (original: M) => Exports): Mutation => ({ module, plant })

type ObjectArguments = Parameters<typeof Terms.objectTerms<'float32'>>

/** Replaces some terms of objects. */
const inTerms = (plant: (right: ReturnType<typeof Terms.objectTerms<'float32'>>, z: ObjectArguments[0]) => Exports) =>
  inModule<typeof Terms>('yolo/terms/terms', (original) => ({
    objectTerms: (...args: ObjectArguments) => {
      const right = original.objectTerms(...args)
      return { ...right, ...plant(right, args[0]) }
    },
  }))

const times = ({ value, slope }: Differentiable<'float32'>, factor: Operand<'float32'>): Differentiable<'float32'> => ({
  value: mul(value, factor),
  slope: mul(slope, factor),
})

const inBox = (plant: (original: typeof Boxes) => Exports): Mutation => inModule('yolo/formulas/box', plant)

function lessOrEqual(a: V | number, b: V | number): Value<'bool'> {
  const known = (typeof a === 'number' ? b : a) as V
  const [left, right] = [a, b].map((v) => (typeof v === 'number' ? known.graph.scalar(v, known.dtype) : v)) as [V, V]
  return known.graph.emit('LessOrEqual', [left, right], ['bool', broadcast(left.shape, right.shape) as Shape])
}

/** The positives as if each stood in the grid of the next scale; those of the last stay. */
function inNextScale({ scales: heads }: Heads, found: Positives): Positives {
  const last = heads.length - 1
  const scale = where(less(found.scale, last), add(found.scale, 1), found.scale)
  const wh = gather(
    concatAll(
      heads.map((head) => unsqueeze(head.sizes.wh, [0])),
      0,
    ),
    scale,
  )
  const [w, h] = split(wh, [1, 1], 1)
  const count = (l: number) => slice(found.division.counts, `${l}:${l + 1}`)
  const before = heads.map((_, l) => (l === 0 ? mul(count(0), 0) : count(l - 1)))
  const sizes = heads.map(({ labels }) => labels.graph.symbol('T'))
  const counts = concatAll(before.with(last, add(before[last] as Value<'int64'>, count(last))), 0)
  return { ...found, scale, grid: { h, w }, g: cast(wh, found.g.dtype), division: { counts, sizes } }
}

/** Every scale also hides behind the boxes of the scale before it. */
const acrossScales = ({ hiddenPlaces }: typeof Ignore): Exports => ({
  hiddenPlaces: (heads: Heads, found: Positives, starts: Value<'int64'>) =>
    concatAll([hiddenPlaces(heads, found, starts), hiddenPlaces(heads, inNextScale(heads, found), starts)], 0),
})

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
  'width and height of the grid swapped': inBox(({ decodeCentre, centreTarget }) => ({
    decodeCentre: (t: V, c: V, g: V) => decodeCentre(t, c, slice(g, '::-1')),
    centreTarget: (y: V, c: V, g: V) => centreTarget(y, c, slice(g, '..., ::-1')),
  })),
  'anchors as (h, w)': inModule<typeof Config>('yolo/config/config', (original) => ({
    anchorsOf: (...args: Parameters<typeof Config.anchorsOf>) => original.anchorsOf(...args).map(([w, h]) => [h, w]),
  })),
  '≤ for <': inModule('onnx/ops/logic', () => ({ less: lessOrEqual })),
  'no ½ on wh': inTerms(({ wh }) => ({ wh: times(wh, 2) })),
  'no scale': inBox(() => ({ boxScale: (area: V) => add(mul(area, 0), 1) })),
  'a clamped scale': inBox(({ boxScale }) => ({ boxScale: (area: V) => max(boxScale(area), 1) })),
  'division by positives': { model: dividedByPositives },
  'boxes of other scales': inModule('yolo/forms/compact/ignore', acrossScales),
  'boxes of other images': inModule<typeof Ignore>('yolo/forms/compact/ignore', ({ hiddenPlaces }) => ({
    hiddenPlaces: (heads: Heads, found: Positives, starts: Value<'int64'>) =>
      hiddenPlaces(heads, { ...found, at: { ...found.at, b: mul(found.at.b, 0) } }, starts),
  })),
  'targets multiplied before divided': inBox(({ sizeRatio }) => ({
    sizeRatio: (y: V, a: V, S: V) => sizeRatio(mul(y, S), a, div(S, S)),
  })),
  'Max(o, κ) for o + (1 − o)·κ': inModule<typeof Terms>('yolo/terms/terms', () => ({
    confidence: (o: V, E: Differentiable<'float32'>, κ: Value<'bool'>) => times(E, max(o, cast(κ, o.dtype))),
  })),
  'o > 0 for o ≠ 0': inTerms(({ xy, wh, class: cls }, z) => {
    const positive = cast(greater(z.obj, 0), 'float32')
    return { xy: times(xy, positive), wh: times(wh, positive), class: times(cls, positive) }
  }),
  'bare log(1 + exp)': inModule<typeof Log1p>('yolo/formulas/log1p', ({ log1ps }) => ({
    log1ps: { ...log1ps, quotients: <D extends Real>(e: Value<D>) => log(add(e, 1)) },
  })),
}
