import type { InferenceSession } from 'onnxruntime-node'
import {
  type AnyTensor,
  expectArguments,
  type InputError,
  isDType,
  must,
  quoted,
  refuse,
  type Tensor,
} from '../io/index.js'
import { type ModelInfo, readModel } from '../onnx/index.js'
import { creationFailed } from './creation.js'
import { checkFeeds, type Feeds } from './feeds.js'
import { fromOrt, loadRuntime, type Ort, toOrt } from './ort.js'
import { type Provider, providerNames, providers } from './providers/all.js'
import { runFailed } from './translate.js'

/** How far onnxruntime may rewrite the graph; with `disabled` each node runs as it stands. */
export const optimizations = ['disabled', 'basic', 'extended', 'all'] as const
export type Optimization = (typeof optimizations)[number]

export interface SessionOptions {
  /** Default `cpu`. */
  readonly provider?: Provider
  /** Default `all`, which is what users run. */
  readonly optimization?: Optimization
  /** Refuse a model of which the provider cannot run every node. Default true; nothing to refuse on `cpu`. */
  readonly strict?: boolean
  /** Threads inside one operator; default is onnxruntime's choice. */
  readonly threads?: number
  /** Which GPU, for `cuda`; default 0. */
  readonly deviceId?: number
  /** Start of the path of a profile, which is written on `release`. */
  readonly profilePrefix?: string
  /** What to call the model in messages; default `model`. */
  readonly file?: string
}

/** Outputs of a model that may be anything. */
interface AnyOutputs {
  readonly outputs: Map<string, AnyTensor>
  /** By output: why there is no tensor. */
  readonly unread: Map<string, InputError>
}

/** A model ready to run. */
export interface Session {
  readonly info: ModelInfo
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /**
   * Runs the model once; outputs come in graph order.
   * @throws InputError when feeds do not fit the inputs or a node fails, LimitError when memory runs out
   */
  run(feeds: Feeds): Promise<Map<string, Tensor>>
  /** The same for models of any element type; what is no tensor of a known one is left out, and `unread` says why. */
  runAny(feeds: Feeds): Promise<AnyOutputs>
  /** Frees the session and ends its profile. */
  release(): Promise<void>
}

function ortOptions(options: SessionOptions): InferenceSession.SessionOptions {
  const { provider = 'cpu', optimization = 'all', strict = true, threads, deviceId = 0, profilePrefix } = options
  return {
    // Only the asked one: a second one in the list would take over quietly.
    executionProviders: [providers[provider].onDevice?.(deviceId) ?? provider],
    graphOptimizationLevel: optimization,
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    ...(strict && provider !== 'cpu' ? { extra: { session: { disable_cpu_ep_fallback: '1' } } } : {}),
  }
}

/** onnxruntime-node keeps results in a plain object, where this name gets lost. */
function refuseUnsafeNames(info: ModelInfo, file: string): void {
  if ([...info.inputs, ...info.outputs].some(({ name }) => name === '__proto__')) {
    const what = `an input or output is named ${quoted('__proto__')}, which onnxruntime-node cannot handle`
    refuse('E_NAME', file, what, 'rename it')
  }
}

function readAll(session: InferenceSession, results: InferenceSession.OnnxValueMapType, file: string): AnyOutputs {
  const outputs = new Map<string, AnyTensor>()
  const unread = new Map<string, InputError>()
  for (const name of session.outputNames) {
    try {
      outputs.set(name, fromOrt(name, results[name] as never, file))
    } catch (error) {
      unread.set(name, error as InputError)
    }
  }
  return { outputs, unread }
}

/** Outputs of the element types that the builder emits. @throws InputError for any other */
function known({ outputs, unread }: AnyOutputs, file: string): Map<string, Tensor> {
  for (const refusal of unread.values()) throw refusal
  for (const [name, { dtype }] of outputs) {
    if (isDType(dtype)) continue
    refuse('E_OUTPUT_TYPE', file, `output ${quoted(name)} is ${dtype}, which is not supported`)
  }
  return outputs as Map<string, Tensor>
}

function wrap(ort: Ort, session: InferenceSession, info: ModelInfo, file: string, profiled: boolean): Session {
  const runAny = async (feeds: Feeds): Promise<AnyOutputs> => {
    expectArguments(file, { feeds: must.named(must.record) }, { feeds })
    checkFeeds(info.inputs, feeds, file)
    const values = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(ort, tensor)]))
    const results = await session.run(values).catch((error: unknown) => {
      throw runFailed(error, file)
    })
    return readAll(session, results, file)
  }
  return {
    info,
    inputs: session.inputNames,
    outputs: session.outputNames,
    runAny,
    run: async (feeds) => known(await runAny(feeds), file),
    async release() {
      if (profiled) session.endProfiling()
      await session.release()
    },
  }
}

/** What the model and the options of a session are. */
const ofSession = {
  modelBytes: must.bytes,
  options: must.options({
    provider: must.oneOf(providerNames),
    optimization: must.oneOf(optimizations),
    strict: must.yesOrNo,
    threads: must.whole(0),
    deviceId: must.whole(0),
    profilePrefix: must.text,
    file: must.text,
  }),
}

/**
 * Loads a model into onnxruntime.
 * @throws InputError for a model that is broken or refused, ProviderError for a provider that is missing or cannot
 *   run all of it, RuntimeMissingError without onnxruntime-node
 */
export async function openSession(modelBytes: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  expectArguments('openSession', ofSession, { modelBytes, options })
  const file = options.file ?? 'model'
  const info = readModel(modelBytes, file)
  refuseUnsafeNames(info, file)
  const ort = await loadRuntime()
  const session = await ort.InferenceSession.create(modelBytes, ortOptions(options)).catch((error: unknown) => {
    throw creationFailed(error, options.provider ?? 'cpu', file)
  })
  return wrap(ort, session, info, file, options.profilePrefix !== undefined)
}

/** Loads a model, runs it once and frees it. Throws as `openSession` and `Session.run` do. */
export async function evaluateModel(
  modelBytes: Uint8Array,
  feeds: Feeds,
  options: SessionOptions = {},
): Promise<Map<string, Tensor>> {
  const session = await openSession(modelBytes, options)
  return session.run(feeds).finally(() => session.release())
}
