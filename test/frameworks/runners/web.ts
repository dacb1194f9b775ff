/** The WebAssembly build of ONNX Runtime under Node: tsx web.ts JOBS.json ENVIRONMENT */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Tensor } from '../../../src/io/index.js'
import { type Named, serve } from './node/jobs.js'

/** What is used of onnxruntime-web, which is no dependency of the project. */
interface Ort {
  readonly env: { logLevel: string; wasm: { numThreads: number } }
  readonly Tensor: new (dtype: string, data: Tensor['data'], shape: readonly number[]) => WebTensor
  readonly InferenceSession: {
    create(
      graph: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Readonly<Record<string, WebTensor>>): Promise<Readonly<Record<string, WebTensor>>>
      release(): Promise<void>
    }>
  }
}

interface WebTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: Tensor['data']
}

const folder = join(process.argv[3] as string, 'node_modules', 'onnxruntime-web')
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const ort: Ort = await import(pathToFileURL(join(folder, 'dist', 'ort.node.min.mjs')).href)
ort.env.logLevel = 'fatal'
ort.env.wasm.numThreads = 1

const given = (feeds: Named) =>
  Object.fromEntries(Object.entries(feeds).map(([n, t]) => [n, new ort.Tensor(t.dtype, t.data, t.shape)]))

await serve(version, async (graph) => {
  const session = await ort.InferenceSession.create(graph, { executionProviders: ['wasm'] })
  return async (feeds) => {
    const results = Object.entries(await session.run(given(feeds)))
    const named = results.map(([n, { type, dims, data }]) => [n, { dtype: type, shape: dims, data } as Tensor] as const)
    await session.release()
    return Object.fromEntries(named)
  }
})
process.exit()
