import type { ModelInfo } from '../../onnx/index.js'
import type { Provider } from '../../runtime/index.js'
import type { LossConfig } from '../../yolo/index.js'
import type { Data, DataOptions } from '../cases/data.js'
import type { TestCase } from '../cases/testcase.js'
import type { ForeignNames, VerifyOptions } from '../judge/options.js'

/** A case to be run, with what it takes to run it. */
export interface Job {
  readonly name: string
  /** The cases that have reports of their own; default the job itself. */
  readonly cases?: readonly string[]
  /** The target it comes from, where there are several, which may have cases of one name. */
  readonly of?: string
  /** Reads what is needed, builds the graph. @throws InputError */
  prepare(provider: Provider): Promise<Prepared>
}

/** A case of a job as reports call it. */
export const titleOf = ({ of }: Job, name: string): string => (of === undefined ? name : `${of} ${name}`)

export interface Prepared {
  readonly source: TestCase | string
  readonly options: Pick<
    VerifyOptions,
    'model' | 'absent' | 'placement' | 'semantics' | 'config' | 'names' | 'against' | 'reference' | 'promised'
  >
}

/** What a person says of the graph that is verified. */
export interface GraphFlags {
  /** What it computes, and which keys of that were said. */
  readonly config?: { readonly config: LossConfig; readonly said: readonly string[] } | undefined
  /** What it calls inputs and outputs of ours. */
  readonly names?: ForeignNames
  /** Hears of an option that decides numbers, that nobody said, and that the graph has another value of than the default. */
  readonly unsaid?: (file: string, key: string, graph: string, byDefault: string) => void
}

/** Where the cases come from; for one graph the default is to generate them. */
export interface CaseFlags {
  readonly fixtures?: string
  readonly data?: readonly string[]
  readonly set?: number
  readonly maxUnpacked?: number
  readonly random?: number
  readonly seed?: number
  readonly thorough?: boolean
  /** Patterns of names: only such cases; see `isAsked`. */
  readonly only?: readonly string[]
  /** Whether the first failure ends it, so that cases had better not share a session. */
  readonly failFast?: boolean
  /** Makes labels that the data do not hold. */
  readonly labelsFor?: (config: LossConfig | undefined, info: ModelInfo) => DataOptions['made']
  /** Hears of data that are not our own. */
  readonly heard?: (data: Data, config: LossConfig | undefined) => void
}

export interface JobFlags extends GraphFlags, CaseFlags {
  readonly opset?: number
  readonly form?: LossConfig['form']
  readonly allowFallback?: boolean
  /** Other graphs, or folders of cases, whose outputs are compared with. */
  readonly against?: readonly string[]
  /** False: only those, not the reference. */
  readonly reference?: boolean
}
