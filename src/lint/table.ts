/** What a graph may be meant for beside plain inference on a CPU. */
export const targets = [
  'ort-training',
  'tensorrt',
  'webgpu',
  'cuda',
  'onnx2torch',
  'jax',
  'openvino',
  'tvm',
  'iree',
  'mnn',
  'tinygrad',
] as const
export type Target = (typeof targets)[number]

/** A use of an operator that comes to no good in a target. */
export interface Construct {
  readonly op: string
  /** Only where this attribute is not 0, */
  readonly attribute?: string
  /** but this, where it is said. */
  readonly is?: number
  /** Only where the input at this place is a constant of more than one dimension. */
  readonly table?: number
  /** Only where sizes of inputs are open. */
  readonly open?: true
  readonly why: string
  readonly remedy: string
}

/** What a target makes of ONNX's operators; one that is not named is not taken. Lists are names between spaces. */
export interface Table {
  readonly target: Target
  /** Release the table describes. */
  readonly version: string
  /** Where it comes from, and whether it was read or measured. */
  readonly source: string
  /** Operators by the highest opset at which the target takes them; any, where it publishes no list. */
  readonly upTo?: Readonly<Record<number, string>>
  /** The same for the lowest; all others from opset 11 on. */
  readonly from?: Readonly<Record<number, string>>
  /** Operators that it does not take for an element type of their first input, or of what a Where picks. */
  readonly notFor?: Readonly<Record<string, string>>
  /** Element types it does not take anywhere. */
  readonly noTypes?: string
  /** Operators by the place of an input that must be a constant. */
  readonly constants?: Readonly<Record<number, string>>
  /** Uses of operators that it refuses, or of which it makes something else without saying so. */
  readonly constructs?: readonly Construct[]
  /** Reasons for what is not taken, where there is more to say than that. */
  readonly reasons?: Readonly<Record<string, string>>
}

/** How a trainer differentiates operators. */
export interface GradientTable extends Pick<Table, 'target' | 'version' | 'source' | 'reasons'> {
  /** Operators with a registered gradient. */
  readonly gradient: string
  /** Operators that end the path: nothing behind them gets a gradient, whatever it is. */
  readonly stop: string
  /** Operators by the places of the inputs that get a gradient, where others are indices, shapes or conditions. */
  readonly inputs: Readonly<Record<string, string>>
}

export const listed = (names: string): readonly string[] => names.split(/\s+/).filter((name) => name !== '')
