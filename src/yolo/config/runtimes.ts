import type { FormName } from './forms.js'

/**
 * What is known of a runtime that a graph is exported for. What was found by running it stands in `graphs/README.md`; where
 * that has no row of it, this is read, or seen on a few cases.
 */
export interface RuntimeFacts {
  /** Forms that it runs. */
  readonly forms: readonly FormName[]
  /** Why not the others. */
  readonly because: string
  /** Whether it derives the graph itself: −|t| is then made so that its derivative at t = 0 suits the cross-entropy. */
  readonly derives: boolean
  /** How ln(1 + e) is computed, where not by quotients. */
  readonly log1p?: 'logarithm' | 'softplus'
  /** Whether it derives a Split from the outputs in use, as if there were no others: none is then left unused. */
  readonly wholeSplits?: boolean
  /** Why it takes no float64. */
  readonly notFloat64?: string
  /** Why it takes no loss of each image. */
  readonly notEach?: string
  /** Why it takes no graph with our gradients. */
  readonly notGradients?: string
  /** Why it takes no labels as boxes. */
  readonly notBoxes?: string
  /** The newest opset that it reads, where that is older than ours. */
  readonly upTo?: number
  /** Operators that it lacks, wholly or in part, and that the graph has another way to do. */
  readonly lacks: readonly string[]
}

const fixedSizes = 'which wants to know all sizes'

/** What `--for` names. */
export const runtimes = {
  'ort-training': {
    forms: ['compact', 'static'],
    because: 'whose graph around a Loop can be invalid',
    derives: true,
    // It derives neither a Softplus nor a quotient by its denominator.
    log1p: 'logarithm',
    wholeSplits: true,
    // generate_artifacts of 1.19.2 wants a float32 scalar first.
    notFloat64: 'its loss is float32',
    notEach: 'its loss is one number',
    lacks: [],
  },
  onnx2torch: {
    forms: ['static'],
    because: 'which transposes NonZero',
    upTo: 17,
    derives: true,
    log1p: 'softplus',
    // It has no GatherND with batch dimensions.
    lacks: ['GatherND'],
  },
  jax: {
    forms: ['static'],
    because: fixedSizes,
    derives: true,
    log1p: 'softplus',
    upTo: 17,
    notGradients: 'jaxonnxruntime has no ScatterND, and jax.grad derives the loss',
    notBoxes: 'jaxonnxruntime has no ScatterND',
    lacks: ['GatherND'],
  },
  openvino: {
    forms: ['compact', 'static'],
    because: 'which has no loops over lists of open length',
    derives: false,
    notFloat64: 'it computes float64 in float32',
    lacks: [],
  },
  webgpu: {
    forms: ['static'],
    because: 'which leaves integers and open sizes to the CPU',
    derives: false,
    notFloat64: 'it has none',
    lacks: [],
  },
  tensorrt: { forms: ['static'], because: fixedSizes, derives: false, notFloat64: 'it has none', lacks: [] },
  tvm: { forms: ['static'], because: fixedSizes, derives: false, lacks: [] },
  // Of one image it does not compile rows of one number, written at places that come of a Cast.
  iree: { forms: ['static'], because: fixedSizes, derives: false, lacks: ['ScatterND of numbers'] },
  mnn: {
    forms: ['static'],
    because: 'which dies of some lists of open length',
    derives: false,
    notFloat64: 'it has none',
    // Its Less turns round where both numbers are negative, its Cast to bool truncates.
    lacks: ['Less', 'Cast to bool'],
  },
  // It takes constant indices for a list.
  tinygrad: { forms: ['static'], because: fixedSizes, derives: true, lacks: ['Gather'] },
} as const satisfies Readonly<Record<string, RuntimeFacts>>

export type RuntimeName = keyof typeof runtimes

export const runtimeNames = Object.keys(runtimes) as readonly RuntimeName[]

/** What is known of a runtime by its name. */
export const runtimeOf = (name: RuntimeName): RuntimeFacts => runtimes[name]

/** What a graph must do without for the runtime that it is for. */
export const lacksOf = ({ for: name }: { readonly for?: RuntimeName }): readonly string[] =>
  name ? runtimeOf(name).lacks : []
