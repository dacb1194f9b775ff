import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readArrays } from '../../../src/io/arrays/read.js'
import type { Tensor } from '../../../src/io/tensor.js'
import { evaluateModel } from '../../../src/runtime/session.js'

/**
 * Steps the artifacts of ort.py in the training runtime of onnxruntime-web under Node.
 *
 *     tsx web.ts FOLDER PACKAGE          PACKAGE is the folder of onnxruntime-web 1.19.2
 */
const [folder = '', packageFolder = ''] = process.argv.slice(2)

const steps = 60

/** What is used of onnxruntime-web, which is no dependency of the project. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number; wasmPaths: string } }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => { readonly data: Float32Array }
  readonly TrainingSession: {
    create(artifacts: Record<string, Uint8Array>, options: object): Promise<TrainingSession>
  }
}

type Values = Record<string, { readonly data: Float32Array }>

interface TrainingSession {
  readonly trainingInputNames: readonly string[]
  runTrainStep(feeds: Values): Promise<Values>
  runOptimizerStep(): Promise<void>
  lazyResetGrad(): Promise<void>
}

async function runtime(): Promise<Runtime> {
  const dist = pathToFileURL(`${join(packageFolder, 'dist')}/`).href
  const ort: Runtime = await import(`${dist}ort.training.wasm.mjs`)
  // Node has no workers of the kind it starts, and finds no file without its place.
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: dist })
  return ort
}

const artifact = (file: string): Uint8Array => new Uint8Array(readFileSync(join(folder, 'compact', file)))

const failures: string[] = []
function check(what: string, ok: boolean): void {
  console.log(`${ok ? 'pass' : 'FAIL'}  ${what}`)
  if (!ok) failures.push(what)
}

const ort = await runtime()
const session = await ort.TrainingSession.create(
  {
    checkpointState: artifact('checkpoint'),
    trainModel: artifact('training_model.onnx'),
    optimizerModel: artifact('optimizer_model.onnx'),
  },
  { executionProviders: ['wasm'], logSeverityLevel: 4 },
)
const data = (await readArrays(join(folder, 'data.npz'))) as Map<string, Tensor<'float32'>>
const given = session.trainingInputNames.map((name) => [name, data.get(name) as Tensor<'float32'>] as const)
const feeds = Object.fromEntries(
  given.map(([name, { data: values, shape }]) => [name, new ort.Tensor('float32', values, shape)]),
)
const { floor } = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')) as { floor: number }
const start = await evaluateModel(readFileSync(join(folder, 'compact.onnx')), Object.fromEntries(given))

const losses: number[] = []
for (let step = 0; step <= steps; step++) {
  const loss = (await session.runTrainStep(feeds)).loss?.data[0] as number
  await session.runOptimizerStep()
  await session.lazyResetGrad()
  losses.push(loss)
  if (step % 10 === 0) console.log(`step ${String(step).padStart(3)}  excess ${(loss - floor).toFixed(3).padStart(8)}`)
}
const [first, last] = [losses[0] as number, losses.at(-1) as number]
const expected = Number(start.get('loss')?.data[0])
check(`the first loss ${first} is that of onnxruntime-node, ${expected}`, Math.abs(first / expected - 1) < 1e-6)
const fall = (first - floor) / (last - floor)
check(`onnxruntime-web: the excess fell ${fall.toFixed(1)}-fold in ${steps} steps`, fall >= 5)
console.log(`\n${2 - failures.length} passed, ${failures.length} failed`)
process.exit(failures.length > 0 ? 1 : 0)
