/** What a graph may be meant for beside plain inference on a CPU. */
export const targets = ['ort-training', 'tensorrt', 'webgpu', 'cuda', 'onnx2torch'] as const
export type Target = (typeof targets)[number]

/** What a target makes of ONNX's operators; one that is not named is not taken. Lists are names between spaces. */
export interface Table {
  readonly target: Target
  /** Release the table describes. */
  readonly version: string
  /** Where it comes from, and whether it was read or measured. */
  readonly source: string
  /** Operators by the highest opset at which the target takes them. */
  readonly upTo: Readonly<Record<number, string>>
  /** The same for the lowest; all others from opset 11 on. */
  readonly from?: Readonly<Record<number, string>>
  /** Element types of the first input that it does not take, by operator. */
  readonly types?: Readonly<Record<string, string>>
  /** Element types it does not take anywhere. */
  readonly noTypes?: string
  /** Inputs that must be constants: their places, by operator. */
  readonly constants?: Readonly<Record<string, readonly number[]>>
  /** Reasons for what is not taken, where there is more to say than that. */
  readonly reasons?: Readonly<Record<string, string>>
}

/** How a trainer differentiates operators. */
export interface GradientTable extends Pick<Table, 'target' | 'version' | 'source' | 'reasons'> {
  /** Operators with a registered gradient. */
  readonly gradient: string
  /** Operators that end the path: nothing behind them gets a gradient, whatever it is. */
  readonly stop: string
  /** First of the inputs that get no gradient, by operator: indices, shapes, conditions. */
  readonly plainFrom: Readonly<Record<string, number>>
}

export const listed = (names: string): readonly string[] => names.split(/\s+/).filter((name) => name !== '')
