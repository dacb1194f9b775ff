import type { AnyTensor } from '../../../io/index.js'

/** What is used of onnxruntime-web, which lies beside the page and is not bundled. */
interface Ort {
  readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: string } }
  readonly Tensor: new (dtype: string, data: AnyTensor['data'], shape: readonly number[]) => OrtTensor
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: SessionOptions): Promise<Session>
  }
}

interface SessionOptions {
  readonly executionProviders: readonly string[]
  readonly logSeverityLevel: number
}

interface OrtTensor {
  readonly data: ArrayLike<number>
  dispose?(): void
}

interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Readonly<Record<string, OrtTensor>>, names: readonly string[]): Promise<Record<string, OrtTensor>>
  release(): Promise<void>
}

/** Where a graph runs. */
export type Provider = 'wasm' | 'webgpu'

/** What came of a run. */
export interface Ran {
  /** Of each image, or the one. */
  readonly loss: readonly number[]
  readonly milliseconds: number
}

const doors = { wasm: 'ort.wasm.min.mjs', webgpu: 'ort.webgpu.min.mjs' } as const

/** What fails is told by the page; what is only remarked, by nobody. */
const fatal = 4

/** Sessions that are kept: undoing a change needs no new one. */
const most = 4

/** Runs graphs by onnxruntime-web, from the folder `ort` beside the page. */
export class Runtime {
  readonly #ort: Promise<Ort>
  readonly #sessions = new Map<string, Promise<Session>>()

  /** @param files which build lies there; that of WebGPU runs on the processor too */
  constructor(files: Provider) {
    this.#ort = load(files)
  }

  /**
   * The loss of a graph.
   * @param key tells the graph from others
   * @throws Error for a graph that takes what is not there or gives no `loss`, and as onnxruntime-web does
   */
  async run(
    key: string,
    bytes: () => Uint8Array,
    feeds: Readonly<Record<string, AnyTensor>>,
    provider: Provider,
  ): Promise<Ran> {
    const ort = await this.#ort
    const session = await this.#sessionOf(ort, `${provider} ${key}`, bytes, provider)
    const given = Object.fromEntries(
      session.inputNames.map((name) => {
        const tensor = feeds[name]
        if (!tensor) throw new Error(`the graph takes "${name}", which the batch does not have`)
        return [name, new ort.Tensor(tensor.dtype, tensor.data, tensor.shape)]
      }),
    )
    if (!session.outputNames.includes('loss')) throw new Error('the graph has no output "loss"')
    const start = performance.now()
    const { loss } = await session.run(given, ['loss'])
    const milliseconds = performance.now() - start
    return { loss: Array.from(loss?.data ?? []), milliseconds }
  }

  async #sessionOf(ort: Ort, key: string, bytes: () => Uint8Array, provider: Provider): Promise<Session> {
    const known = this.#sessions.get(key)
    if (known) return known
    const made = ort.InferenceSession.create(bytes(), { executionProviders: [provider], logSeverityLevel: fatal })
    this.#sessions.set(key, made)
    made.catch(() => this.#sessions.delete(key))
    const [oldest] = this.#sessions
    if (this.#sessions.size > most && oldest) {
      this.#sessions.delete(oldest[0])
      await oldest[1].then((session) => session.release())
    }
    return made
  }
}

async function load(files: Provider): Promise<Ort> {
  const folder = new URL('ort/', document.baseURI).href
  const ort: Ort = await import(`${folder}${doors[files]}`)
  ort.env.wasm.wasmPaths = folder
  // Threads share memory, which a page may do only where it is served as isolated.
  if (!crossOriginIsolated) ort.env.wasm.numThreads = 1
  return ort
}
