import { modelField } from '../detector/index.js'
import type { Edit, Model, Node } from '../onnx/index.js'
import { constantNode, encodeModel, encodePart, joined, payloads, splice } from '../onnx/index.js'
import {
  ConfigError,
  expectConfig,
  formOf,
  formsThat,
  isUsual,
  type LossConfig,
  lossModel,
  openLossModel,
  type Parameter,
  parameters,
} from '../yolo/index.js'

/** Domain and name of the function that is the loss. */
export const functionDomain = 'yolo.loss'
export const functionName = 'YoloV3Loss'
const functionVersion = 1

/** IR version from which a model may hold functions. */
export const functionsSince = 8
/** Opset from which the sizes of Split are an input, so that they can follow from an attribute. */
const sizesSince = 13

/** The loss as one node, and the function it calls. */
export interface LossFunction {
  /** The loss, its graph a single call. */
  readonly model: Model
  readonly functions: readonly Uint8Array[]
  readonly opsets: readonly (readonly [domain: string, version: number])[]
}

const open: readonly Parameter[] = Object.values(parameters)

/** A function has no initializers: constants are nodes. */
const inOneList = ({ body }: Model): Node[] => [...body.initializers.map(constantNode), ...body.nodes]

const doc =
  'The YOLO v3 loss of keras-yolo3. anchors: pairs of width and height in pixels; classes: their number; ' +
  'ignore_threshold: IoU from which a background cell is not punished, above 0.'

/**
 * The loss as a local function with the attributes `anchors`, `classes` and `ignore_threshold`, which its body reads: a
 * call with other values is another loss. Everything else of the configuration is fixed in the body.
 * @throws ConfigError for other forms than compact, opsets below 13, a threshold of 0, and for anchors (in float64 or from
 * boxes) and a threshold (in float64) that are no float32 numbers
 */
export function lossFunction(config: LossConfig): LossFunction {
  checkConfig(config)
  const model = lossModel(config)
  const { inputs, outputs } = model.body
  const call: Node = {
    name: 'yolo_v3_loss',
    op: functionName,
    domain: functionDomain,
    inputs: inputs.map((v) => v.name),
    outputs: outputs.map((v) => v.name),
    attributes: Object.fromEntries(open.map((p) => [p.name, p.value(config)])),
  }
  const body = encodePart.function({
    domain: functionDomain,
    name: functionName,
    doc,
    opset: config.opset,
    inputs: call.inputs,
    outputs: call.outputs,
    attributes: open.map((p) => p.name),
    nodes: inOneList(openLossModel(config)),
  })
  return {
    model: { ...model, body: { ...model.body, nodes: [call], initializers: [], values: [] } },
    functions: [body],
    opsets: [[functionDomain, functionVersion]],
  }
}

/** Attributes are float32, which neither a float64 loss must be made from nor the assignment of boxes, which is float64. */
function checkAttributes({ dtype, labels, anchors, ignoreThreshold }: LossConfig): void {
  const check = (key: 'anchors' | 'ignoreThreshold', numbers: readonly number[], what: string) => {
    const odd = numbers.find((x) => Math.fround(x) !== x)
    if (odd === undefined) return
    throw new ConfigError(key, `must be float32 numbers for ${what}, whose attributes are float32; got ${odd}`)
  }
  if (labels !== 'dense') check('anchors', anchors.flat(), 'a function from boxes')
  if (dtype !== 'float64') return
  check('anchors', anchors.flat(), 'a float64 function')
  check('ignoreThreshold', [ignoreThreshold], 'a float64 function')
}

function checkConfig(config: LossConfig): void {
  const { graph, form, opset, ignoreThreshold } = config
  if (graph !== 'loss') throw new ConfigError('graph', `must be loss to be a function, got ${graph}`)
  if (!isUsual(config))
    throw new ConfigError('semantics', `must be keras-yolo3 without rules to be a function, got ${config.semantics}`)
  if (!formOf(form).callable)
    throw new ConfigError(
      'form',
      `must be ${formsThat(({ callable }) => callable)} for a function, whose sizes follow from its attributes; got ${form}`,
    )
  if (opset < sizesSince)
    throw new ConfigError(
      'opset',
      `must be ${sizesSince} or more for a function, whose attributes set sizes; got ${opset}`,
    )
  if (ignoreThreshold === 0) throw new ConfigError('ignoreThreshold', 'must be above 0 for a function, got 0')
  checkAttributes(config)
}

/** The bytes of a loss whose graph is one call of a function. Throws as `lossFunction`. */
export function encodeAsFunction(config: LossConfig): Uint8Array {
  expectConfig(config)
  const { model, functions, opsets } = lossFunction(config)
  const bytes = encodeModel(model)
  const append = (number: number, put: readonly Uint8Array[]): Edit => ({
    number,
    at: payloads(bytes, number).length,
    count: 0,
    put,
  })
  const imports = opsets.map(([domain, version]) => encodePart.opset(domain, version))
  return joined(splice(bytes, [append(modelField.opset, imports), append(modelField.function, functions)]))
}
