import type { Random } from '../../src/io/random.js'
import { sizeOf, type Tensor } from '../../src/io/tensor.js'
import { tensorOf } from '../../src/onnx/graph/constants.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import type { Initializer, Model, Node } from '../../src/onnx/graph/model.js'
import { evaluate } from '../../src/runtime/evaluate.js'
import { bestAnchor } from '../../src/yolo/assignment/anchors.js'
import { type Grids, gridsOf } from '../../src/yolo/assignment/grids.js'
import type { Rows } from '../../src/yolo/assignment/rows.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { boxesInput, fixedGrids } from '../../src/yolo/heads/inputs.js'
import type { Setting } from './boxes.js'

/** Grids of the static form in a graph of their own. */
export function narrowGrids({ anchors, anchorMask, classes, input }: Setting): Grids {
  const config = resolveConfig({ anchors, anchorMask, classes, input, graph: 'targets', form: 'static', batch: 1 })
  const graph = new Graph()
  return gridsOf(fixedGrids(graph, config, boxesInput(graph, config)), config)
}

/** The same with the anchors as a value of the graph, as the body of a function has them. */
export function openGrids(setting: Setting): Grids {
  const grids = narrowGrids(setting)
  const { anchors } = setting
  const allAnchors = grids.graph.constant(tensorOf('float32', [anchors.length, 2], anchors.flat()))
  const scales = grids.scales.map((scale) => ({ ...scale, open: { allAnchors, mask: [] } }))
  return { ...grids, scales: scales as unknown as Grids['scales'] }
}

/** Sides of so many boxes as the static form takes them. */
const sidesInput = ({ graph }: Grids, count: number) => graph.input('sides', 'float32', [1, count, 2])

export const sidesTensor = (sides: Float32Array): Tensor<'float32'> => ({
  dtype: 'float32',
  shape: [1, sides.length / 2, 2],
  data: sides,
})

/** The best anchor of each box, by the part of the graph. */
export async function anchorsOf(setting: Setting, sides: Float32Array, gridsFor = narrowGrids): Promise<BigInt64Array> {
  const grids = gridsFor(setting)
  const size = sidesInput(grids, sides.length / 2)
  const { data } = await evaluate(bestAnchor({ size } as Rows, grids), { sides: sidesTensor(sides) })
  return data
}

/** The same as a model, whose output is `anchor`. */
export function anchorModel(setting: Setting, count: number): Model {
  const grids = narrowGrids(setting)
  const { graph } = grids
  const model = graph.build({ anchor: bestAnchor({ size: sidesInput(grids, count) } as Rows, grids) })
  const inputs = model.body.inputs.filter(({ name }) => name === 'sides')
  return { ...model, body: { ...model.body, inputs } }
}

/**
 * A model whose quotients are off, as those of a GPU may be.
 * @param errors relative errors, one of which is drawn for each quotient
 */
export function withRoughDivision(model: Model, random: Random, errors: readonly number[]): Model {
  const { nodes, initializers, values, outputs } = model.body
  const types = new Map([...values, ...outputs].map((v) => [v.name, v]))
  const factors: Initializer[] = []
  const rough = nodes.flatMap((node): Node[] => {
    const type = types.get(node.outputs[0] as string)
    if (node.op !== 'Div' || type?.dtype !== 'float32') return [node]
    const [shape, exact, by] = [type.shape as number[], `${type.name}/exact`, `${type.name}/factors`]
    const drawn = Array.from({ length: sizeOf(shape) }, () => 1 + random.pick(errors))
    factors.push({ name: by, tensor: tensorOf('float32', shape, drawn) })
    const mul: Node = {
      name: `${node.name}/rough`,
      op: 'Mul',
      inputs: [exact, by],
      outputs: node.outputs,
      attributes: {},
    }
    return [{ ...node, outputs: [exact] }, mul]
  })
  const body = { ...model.body, nodes: rough, initializers: [...initializers, ...factors] }
  return { ...model, body }
}

/** Up to three units in the last place on either side: WGSL grants 2.5. */
export const units = [-3, -2, -1, 0, 1, 2, 3].map((k) => k * 2 ** -23)

/** How many quotients of a model are off. */
export const roughDivisions = ({ body }: Model): number =>
  body.nodes.filter(({ name }) => name.endsWith('/rough')).length
