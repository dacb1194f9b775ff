import { drawnHead } from '../attach/index.js'
import { type Check, expectArguments, float32, must, objectOf, sizeOf, type Tensor, uniformFrom } from '../io/index.js'
import { Graph, type Model, type ValueInfo } from '../onnx/index.js'
import {
  anchorsOf,
  boxEntries,
  ConfigError,
  coarsestStride,
  expectConfig,
  type LossConfig,
  lossModel,
  ofScale,
  producer,
} from '../yolo/index.js'
import { type Next, type Optimizer, updateOf } from './carried.js'
import { chained } from './chained.js'
import { pointwise, pointwiseGradient } from './pointwise.js'

const share = must.from(0, 1)
const ofSeed: Check = {
  what: `a whole number from 0 to ${2 ** 32 - 1}`,
  fits: (x) => must.whole(0).fits(x) && Number(x) < 2 ** 32,
}
const ofOptimizer = must.either(
  must.having({ kind: must.oneOf(['sgd']), momentum: share }),
  must.having({ kind: must.oneOf(['adam']), beta1: share, beta2: share, epsilon: must.above(0) }),
)

/** What carries the name of an input into the next step. */
export const nextPrefix = 'next_'

/** Three models that train the heads of a detector, run one after another for each step, or as one. */
export interface HeadTraining {
  /** `features_l` `[B, I_l, h, w]`, `weight_l`, `bias_l` → `y_pred_l` `[B, A·(5+C), h, w]` */
  readonly forward: Model
  /** `y_pred_l`, and `y_true_l` or `boxes` → `loss` and what else the configuration asks for, and `grad_y_pred_l`. */
  readonly loss: Model
  /**
   * `features_l`, `grad_y_pred_l`, `rate` (rank 0), and everything in `parameters` and `state` → the same with the prefix
   * `next_`.
   */
  readonly update: Model
  /** The weights `weight_l` `[A·(5+C), I_l]` and biases `bias_l` `[A·(5+C)]`. */
  readonly parameters: readonly ValueInfo[]
  /** What the optimizer remembers: zeros at first, but ones for those of rank 0. */
  readonly state: readonly ValueInfo[]
  /**
   * The three in one: `features_l`, `y_true_l` or `boxes`, `rate`, and everything in `parameters` and `state` → `loss` and what
   * else the configuration asks for but the gradient, and `next_…`.
   */
  readonly step: Model
  /**
   * What training begins with, parameters and state, by the names of the inputs: weights as PyTorch draws them, and −4.6 as
   * the bias of the objectness.
   * @param seed a 32-bit integer, 0 by default: the same gives the same numbers
   * @throws InputError E_ARGUMENT for another seed
   */
  readonly initial: (seed?: number) => Record<string, Tensor>
  /**
   * What the next step takes, parameters and state, of the outputs of `step` or `update`.
   * @throws InputError E_ARGUMENT for outputs without them
   */
  readonly next: (outputs: Readonly<Record<string, Tensor>>) => Record<string, Tensor>
}

/**
 * Models to train the 1×1 convolutions that are the heads of a YOLO v3 detector, by inference alone: the gradient is part
 * of the graphs. The layers below stay as they are; their outputs are the features.
 * @param channels of the features of each scale, coarsest first
 * @throws ConfigError unless the graph is the loss, batch and input are fixed, the layout nchw, the element type float32
 */
export function headTraining(config: LossConfig, channels: readonly number[], optimizer: Optimizer): HeadTraining {
  expectArguments(
    'headTraining',
    { channels: must.list(must.whole(1)), optimizer: ofOptimizer },
    { channels, optimizer },
  )
  expectConfig(config)
  requireFixed(config, channels)
  const shapes = channels.map((depth, l) => shapesOf(config, l, depth))
  const { update, state } = updateModel(config, shapes, optimizer)
  const parameters = shapes.flatMap(({ weight, bias }, l) => [
    { name: `weight_${l}`, dtype: 'float32', shape: weight } as const,
    { name: `bias_${l}`, dtype: 'float32', shape: bias } as const,
  ])
  const models = { forward: forwardModel(config, shapes), loss: lossModel({ ...config, gradients: true }), update }
  return {
    ...models,
    parameters,
    state,
    step: chained('head_step', models),
    initial: (seed = 0) => initialOf(config, shapes, state, seed),
    next: (outputs) => nextOf([...parameters, ...state], outputs),
  }
}

function initialOf(config: LossConfig, shapes: readonly HeadShapes[], state: readonly ValueInfo[], seed: number) {
  expectArguments('initial', { seed: ofSeed }, { seed })
  const uniform = uniformFrom(seed)
  const heads = shapes.map(({ weight }) => drawnHead(weight, boxEntries + config.classes, uniform))
  const drawn = heads.flatMap(({ weight, bias }, l): [string, Tensor][] => [
    [`weight_${l}`, weight],
    [`bias_${l}`, bias],
  ])
  const remembered = state.map(({ name, shape }): [string, Tensor] => {
    const sizes = shape.map(Number)
    return [name, float32(sizes, Array(sizeOf(sizes)).fill(sizes.length === 0 ? 1 : 0))]
  })
  return objectOf([...drawn, ...remembered])
}

function nextOf(carried: readonly ValueInfo[], outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const needed = Object.fromEntries(carried.map(({ name }) => [nextPrefix + name, must.tensor]))
  expectArguments('next', { outputs: must.having(needed) }, { outputs })
  const own = Object.entries(outputs).filter(([name]) => Object.hasOwn(needed, name))
  return objectOf(own.map(([name, tensor]) => [name.slice(nextPrefix.length), tensor]))
}

function requireFixed(config: LossConfig, channels: readonly number[]): void {
  const { graph, batch, input, layout, dtype, anchorMask } = config
  if (graph !== 'loss') throw new ConfigError('graph', `must be loss to train heads, got ${graph}`)
  if (batch === undefined) throw new ConfigError('batch', 'must be given to train heads')
  if (input === undefined) throw new ConfigError('input', 'must be given to train heads')
  if (layout !== 'nchw') throw new ConfigError('layout', `must be nchw to train heads, got ${layout}`)
  if (dtype !== 'float32') throw new ConfigError('dtype', `must be float32 to train heads, got ${dtype}`)
  if (channels.length !== anchorMask.length)
    throw new ConfigError('anchorMask', `has ${anchorMask.length} scales, but there are ${channels.length} features`)
}

type HeadShapes = Readonly<Record<'features' | 'heads' | 'weight' | 'bias', readonly number[]>>

function shapesOf(config: LossConfig, l: number, depth: number): HeadShapes {
  const [height, width] = config.input as readonly [number, number]
  const [h, w] = [height, width].map((pixels) => (pixels / coarsestStride) * 2 ** l) as [number, number]
  const width1 = anchorsOf(config, l).length * (boxEntries + config.classes)
  const batch = config.batch as number
  return { features: [batch, depth, h, w], heads: [batch, width1, h, w], weight: [width1, depth], bias: [width1] }
}

const headInputs = (graph: Graph, { features, weight, bias }: HeadShapes, l: number) => ({
  x: graph.input(`features_${l}`, 'float32', features),
  weight: graph.input(`weight_${l}`, 'float32', weight),
  bias: graph.input(`bias_${l}`, 'float32', bias),
})

function forwardModel(config: LossConfig, shapes: readonly HeadShapes[]): Model {
  const graph = new Graph({ opset: config.opset })
  const heads = shapes.map((shape, l) => {
    const { x, ...parameters } = headInputs(graph, shape, l)
    return [ofScale('y_pred', l), graph.scope(`head${l}`, () => pointwise(x, parameters))] as const
  })
  return graph.build(Object.fromEntries(heads), { name: 'heads', producer })
}

function updateModel(config: LossConfig, shapes: readonly HeadShapes[], optimizer: Optimizer) {
  const graph = new Graph({ opset: config.opset })
  const rate = graph.input('rate', 'float32', [])
  const { update, shared } = updateOf(graph, optimizer)
  const next: Next = { ...shared }
  for (const [l, shape] of shapes.entries()) {
    const { x, weight, bias } = headInputs(graph, shape, l)
    const g = graph.input(ofScale('grad_y_pred', l), 'float32', shape.heads)
    const gradient = graph.scope(`head${l}/gradient`, () => pointwiseGradient(x, g))
    graph.scope(`head${l}/update`, () => {
      Object.assign(next, update(`weight_${l}`, weight, gradient.weight, rate))
      Object.assign(next, update(`bias_${l}`, bias, gradient.bias, rate))
    })
  }
  const outputs = Object.fromEntries(Object.entries(next).map(([name, v]) => [nextPrefix + name, v]))
  const remembered = Object.entries(next).filter(([name]) => !/^(weight|bias)_\d+$/.test(name))
  const state = remembered.map(([name, { dtype, shape }]): ValueInfo => ({ name, dtype, shape }))
  return { update: graph.build(outputs, { name: 'update', producer }), state }
}
