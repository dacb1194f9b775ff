import type { Tensor } from 'onnx-yolo-loss'
import * as library from 'onnx-yolo-loss'
import { tinyConfig, tinyDetector } from '../attach/detector.js'

const { Graph, ops } = library

const float32 = (shape: readonly number[], values: readonly number[]): Tensor<'float32'> => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
})
const zeros = (...shape: number[]) => float32(shape, Array(shape.reduce((n, d) => n * d, 1)).fill(0))

const config = library.resolveConfig({ anchors: [[5, 8], [9, 7]], anchorMask: [[0, 1]], classes: 1 }) // biome-ignore format: pairs
const trained = library.resolveConfig({ ...config, batch: 1, input: [32, 32], layout: 'nchw' })
const model = library.lossModel(config)
const detector = tinyDetector({ opset: 17, irVersion: 8 })
const tiny = library.resolveConfig(tinyConfig)
const attached = library.attachLoss(detector, tiny).bytes
const boxes = float32([1, 1, 5], [2, 2, 20, 20, 0])
const one = zeros(2)
const npy = library.encodeNpy(one)
const npz = await library.encodeNpz({ x: one })
const shown = { name: 'zeros', config, feeds: { y_pred_0: zeros(1, 1, 1, 12), y_true_0: zeros(1, 1, 1, 2, 6) } }
const batch = { ...config, logits: [zeros(1, 1, 1, 12)], labels: boxes }
const oracle = { ...config, logits: [zeros(1, 1, 1, 12)], labels: [zeros(1, 1, 1, 2, 6)] }

/** A graph with values of several kinds. */
function sample() {
  const graph = new Graph({ opset: 17 })
  const [x, y] = [graph.input('x', 'float32', [2, 3]), graph.input('y', 'float32', [2, 3])]
  const vector = graph.input('v', 'float32', [4])
  const places = graph.input('places', 'int64', [4])
  const flags = graph.input('flags', 'bool', [2, 3])
  const n = graph.input('n', 'int64', [])
  const rows = graph.input('rows', 'int64', [2, 1, 1])
  const square = graph.input('square', 'float32', [3, 3])
  const cube = graph.input('cube', 'float32', [2, 3, 4])
  return { graph, x, y, vector, places, flags, n, rows, square, cube }
}

type Args = readonly unknown[]
type Sample = ReturnType<typeof sample>

/** Good arguments of each operator. */
export const operators: Readonly<Record<keyof typeof ops, (s: Sample) => Args>> = {
  abs: ({ x }) => [x],
  add: ({ x, y }) => [x, y],
  and: ({ flags }) => [flags, flags],
  argMax: ({ x }) => [x],
  cast: ({ x }) => [x, 'int64'],
  cellGrid: ({ n }) => [n, n, ['h', 'w'], 'float32'],
  concat: ({ x, y }) => [[x, y], 0],
  concatAll: ({ x, y }) => [[x, y], 0],
  cumSum: ({ x }) => [x, 0],
  digits: ({ n }) => [n, [2, 3]],
  div: ({ x, y }) => [x, y],
  divide: ({ x, graph }) => [x, { counts: graph.ints([1, 1]), sizes: [1, 1] }, 0],
  divisionOf: ({ vector }) => [[vector, vector]],
  equal: ({ x, y }) => [x, y],
  exp: ({ x }) => [x],
  expand: ({ x, graph }) => [x, graph.ints([2, 3]), [2, 3]],
  filled: ({ graph }) => [graph.ints([2]), [2], 0, 'float32'],
  flatten: ({ x }) => [x],
  floor: ({ x }) => [x],
  following: ({ vector }) => [vector, 0],
  gather: ({ x, places }) => [x, places, 0],
  gatherRows: ({ cube, rows }) => [cube, rows],
  greater: ({ x, y }) => [x, y],
  inChunks: ({ vector, graph }) => [[vector], [2], graph.ints([4])],
  less: ({ x, y }) => [x, y],
  log: ({ x }) => [x],
  lookUp: ({ cube, rows }) => [cube, rows],
  matMul: ({ x, square }) => [x, square],
  max: ({ x, y }) => [x, y],
  min: ({ x, y }) => [x, y],
  mod: ({ places, n }) => [places, n],
  mul: ({ x, y }) => [x, y],
  neg: ({ x }) => [x],
  nonZero: ({ x }) => [x, 'k'],
  not: ({ flags }) => [flags],
  pad: ({ x }) => [x, 0, 1, 1],
  pick: ({ vector, places }) => [vector, places],
  pow: ({ x, y }) => [x, y],
  put: ({ vector, places }) => [vector, places, vector],
  ragged: ({ places }) => [places, 'q'],
  range: ({ n }) => [n, 'k', { start: 0 }],
  reduceMax: ({ x }) => [x, { axes: [0] }],
  reduceMean: ({ x }) => [x, { axes: [0] }],
  reduceProd: ({ x }) => [x, { axes: [0] }],
  reduceSum: ({ x }) => [x, { axes: [0] }],
  relu: ({ x }) => [x],
  reshape: ({ x }) => [x, [3, 2]],
  reshapeBy: ({ x, graph }) => [x, graph.ints([3, 2]), [3, 2]],
  reshapeLike: ({ x, y }) => [x, y],
  scatter: ({ vector, places }) => [vector, places, vector],
  scatterRows: ({ cube, rows, graph }) => [cube, rows, graph.input('u', 'float32', [2, 1, 3, 4])],
  shapeOf: ({ x }) => [x],
  sigmoid: ({ x }) => [x],
  sizeOfDim: ({ graph }) => [graph, 3],
  slice: ({ x }) => [x, '0:1'],
  softplus: ({ x }) => [x],
  sorted: ({ x }) => [x, 'largest', 0],
  split: ({ x }) => [x, [1, 1], 0],
  sqrt: ({ x }) => [x],
  squeeze: ({ graph }) => [graph.input('s', 'float32', [1, 2]), [0]],
  stackLoop: ({ n }) => [n, 'k', ['int64', []], (i: unknown) => i],
  strided: ({ x }) => [x, 0, 1, 3],
  sub: ({ x, y }) => [x, y],
  topK: ({ x }) => [x, 1, 0],
  transpose: ({ x }) => [x, [1, 0]],
  unsqueeze: ({ x }) => [x, [0]],
  vectorOf: ({ x }) => [x, [1, 2]],
  where: ({ flags, x, y }) => [flags, x, y],
}

/** Good arguments of each method of a graph. */
export const methods: Readonly<Record<string, (s: Sample) => Args>> = {
  scope: () => ['s', () => 1],
  at: () => ['s'],
  input: () => ['more', 'float32', [2]],
  symbol: () => ['s'],
  constant: () => [one, 'c'],
  valueOf: () => ['x'],
  changed: ({ graph, x }) => [nodeOf(graph, x), nodeOf(graph, x)],
  extended: ({ graph, x }) => [nodeOf(graph, x), ['float32', [2]]],
  adopt: () => [{ ...model.body, inputs: [], outputs: [], initializers: [], nodes: [], values: [] }],
  scalar: () => [1, 'float32'],
  ints: () => [[1, 2]],
  attribute: () => ['a', 'float'],
  emit: ({ x }) => ['Abs', [x], ['float32', [2, 3]], {}],
  emitMany: ({ x }) => ['Split', [x], [['float32', [1, 3]]], {}],
  subgraph: () => ['body', [['int64', []]], (inputs: unknown) => inputs],
  build: ({ x }) => [{ z: ops.abs(x as never) }, { name: 'g' }],
}

function nodeOf(graph: Sample['graph'], x: Sample['x']) {
  ops.abs(x)
  return graph.root.nodes.at(-1)
}

/** Good arguments of each function. */
export const functions: Readonly<Record<string, () => Args>> = {
  Graph: () => [{ opset: 17 }],
  assignTargets: () => [boxes, [32, 32], config],
  attachLoss: () => [detector, tiny, {}],
  compareSemantics: () => [batch, 'darknet', 'gluon-cv,size=squared'],
  decodeNpy: () => [npy, 'a.npy'],
  decodeNpz: () => [npz, 'a.npz', {}],
  detachLoss: () => [attached, {}],
  encodeAsFunction: () => [config],
  encodeModel: () => [model],
  encodeNpy: () => [one],
  encodeNpz: () => [{ x: one }],
  encodeTensor: () => ['x', one],
  estimateMemory: () => [config, { batch: 1, input: [32, 32], boxes: 1 }],
  evaluate: () => [new Graph().scalar(1, 'float32'), {}, {}],
  evaluateModel: () => [library.encodeModel(model), feeds(), {}],
  gradients: () => {
    const x = new Graph().input('x', 'float32', [])
    return [ops.mul(x, x), [x], x]
  },
  graphOfModel: () => [library.encodeModel(library.lossModel(trained)), {}, 'm'],
  headTraining: () => [trained, [4], library.adam],
  identify: () => [batch, { conf_0: zeros(1), grad_y_pred_0: zeros(1, 1, 1, 12) }, {}],
  lintBoxes: () => [boxes, [32, 32], config, true],
  lintTraining: () => [detector, {}],
  newHeads: () => [detector, { ...tiny, classes: 3 }, { seed: 1 }],
  noteText: () => [{ code: 'x', where: 'a', values: {}, remedy: 'b' }],
  notesOf: () => [tiny, {}],
  lintGraph: () => [library.encodeModel(model), 'webgpu', 'm'],
  lossModel: () => [config],
  lossPage: () => [shown, shown],
  openSession: () => [library.encodeModel(model), {}],
  parseDarknet: () => ['[yolo]\nanchors=1,2\nmask=0\nclasses=3\n', 'a.cfg'],
  printModel: () => [model],
  probe: () => [{}],
  referenceGradients: () => [oracle, {}],
  referenceLoss: () => [oracle],
  renderReport: () => [[], { isTTY: false }, {}],
  replaceLoss: () => [attached, tiny, {}],
  resolveConfig: () => [{ preset: 'yolov3-coco' }],
  semanticLoss: () => [batch, library.semanticsOf('darknet')],
  semanticsOf: () => ['gluon-cv,size=squared'],
  toJson: () => [[], [], {}],
  trainingPlan: () => [attached, {}],
  trainingStep: () => [detector, library.resolveConfig({ ...tinyConfig, batch: 1 }), { optimizer: 'sgd' }],
  verifyCase: () => ['fixtures/zero-size', {}],
}

const feeds = () => ({ y_pred_0: zeros(1, 1, 1, 12), y_true_0: zeros(1, 1, 1, 2, 6) })

export { sample }
