import type { Real } from '../../io/index.js'
import { type Attribute, type Dim, type Graph, sum, type Value } from '../../onnx/index.js'
import { add } from '../../onnx/math.js'
import { cast, reshape } from '../../onnx/shape.js'
import type { LossConfig } from '../config/config.js'
import { boxEntries } from '../config/vocabulary.js'

/** The element type everything is calculated in: float16 logits are converted. */
export const computedIn = ({ dtype }: LossConfig): Real => (dtype === 'float64' ? 'float64' : 'float32')

/** A value of the configuration that the body of a function leaves open, and how a call says it. */
export interface Parameter {
  readonly name: string
  readonly value: (config: LossConfig) => Attribute
}

/** What a call of the function may set. */
export const parameters = {
  anchors: { name: 'anchors', value: ({ anchors }) => ({ floats: anchors.flat() }) },
  classes: { name: 'classes', value: ({ classes }) => ({ int: classes }) },
  ignoreThreshold: { name: 'ignore_threshold', value: ({ ignoreThreshold }) => ({ float: ignoreThreshold }) },
} as const satisfies Readonly<Record<string, Parameter>>

/** Number of classes: a number, or the name of the dimension that an open graph has for it. */
export function classesIn(graph: Graph, { classes }: LossConfig): Dim {
  if (!graph.open) return classes
  const size = graph.attribute(parameters.classes.name, 'int')
  graph.sizes.set('C', size)
  graph.sizes.set(sum(['C', boxEntries]) as string, add(size, boxEntries))
  return 'C'
}

/** θ as a number, or as the value that an open graph has for it. */
export function thresholdIn(graph: Graph, config: LossConfig): Value<Real> | number {
  return graph.open
    ? cast(graph.attribute(parameters.ignoreThreshold.name, 'float'), computedIn(config))
    : config.ignoreThreshold
}

/** All anchors `[n, 2]`, width before height, where an open graph has a value for them. */
export function anchorsIn(graph: Graph, config: LossConfig): Value<Real> | undefined {
  const n = config.anchors.length
  if (!graph.open) return undefined
  return cast(reshape(graph.attribute(parameters.anchors.name, 'floats', 2 * n), [n, 2]), computedIn(config))
}
