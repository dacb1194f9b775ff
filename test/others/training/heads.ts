import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpz } from '../../../src/io/arrays/npz.js'
import { float32, sizeOf, type Tensor } from '../../../src/io/tensor.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel, openSession } from '../../../src/runtime/session.js'
import { adam, type Optimizer, sgd } from '../../../src/train/carried.js'
import { headTraining, nextPrefix } from '../../../src/train/heads.js'
import { Random } from '../../../src/io/random.js'
import { config, dataSet } from './dataset.js'
import { body, featureWidths } from './detector.js'

/**
 * Trains the heads of a detector with onnxruntime-node alone: three graphs a step, the heads, the loss with its gradient,
 * and the optimizer. The layers under the heads stay as they are, so their outputs are computed once.
 *
 *     tsx heads.ts FOLDER          FOLDER gets the first weights of both optimizers, for heads.py
 */
const [folder = ''] = process.argv.slice(2)

const steps = 300
const followed = 20

type Tensors = Record<string, Tensor>

const { images, labels, floor } = await dataSet(5)
const features: Tensors = Object.fromEntries(await evaluateModel(body(), { image: images }))
const targets: Tensors = Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y]))

/** Seeded small weights, biases of 0. */
function initialised({ parameters, state }: ReturnType<typeof headTraining>): Tensors {
  const random = new Random(21)
  const weights = parameters.map(({ name, shape }) => {
    const values = Array.from({ length: sizeOf(shape as number[]) }, () => random.normal(0, 0.05))
    return [name, float32(shape as number[], name.startsWith('bias') ? values.map(() => 0) : values)] as const
  })
  const remembered = state.map(({ name, shape }) => {
    const start = shape.length === 0 ? 1 : 0
    return [name, float32(shape as number[], Array(sizeOf(shape as number[])).fill(start))] as const
  })
  return Object.fromEntries([...weights, ...remembered])
}

interface Step {
  readonly terms: Readonly<Record<'excess' | 'xy' | 'wh' | 'conf' | 'class', number>>
  readonly parameters: Tensors
}

function termsOf(outputs: ReadonlyMap<string, Tensor>): Step['terms'] {
  const sum = (name: string) => labels.reduce((total, _, l) => total + Number(outputs.get(`${name}_${l}`)?.data[0]), 0)
  const excess = Number(outputs.get('loss')?.data[0]) - floor
  // Only xy, of fractional labels, cannot reach 0.
  return { excess, xy: sum('xy') - floor, wh: sum('wh'), conf: sum('conf'), class: sum('class') }
}

/** What each step starts from, and what its loss is above the least. */
async function* training(optimizer: Optimizer, learningRate: number): AsyncGenerator<Step> {
  const models = headTraining({ ...config, components: true }, featureWidths, optimizer)
  const [forward, loss, update] = (await Promise.all(
    [models.forward, models.loss, models.update].map((model) => openSession(encodeModel(model))),
  )) as [
    Awaited<ReturnType<typeof openSession>>,
    Awaited<ReturnType<typeof openSession>>,
    Awaited<ReturnType<typeof openSession>>,
  ]
  const only = (tensors: Tensors, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, tensors[name] as Tensor]))
  let weights = initialised(models)
  for (;;) {
    const known = { ...features, ...targets, ...weights, rate: float32([], [learningRate]) }
    const heads = Object.fromEntries(await forward.run(only(known, forward.inputs)))
    const outputs = await loss.run(only({ ...known, ...heads }, loss.inputs))
    yield {
      terms: termsOf(outputs),
      parameters: only(
        weights,
        models.parameters.map((p) => p.name),
      ),
    }
    const next = await update.run(only({ ...known, ...Object.fromEntries(outputs) }, update.inputs))
    weights = Object.fromEntries([...next].map(([name, tensor]) => [name.slice(nextPrefix.length), tensor]))
  }
}

const failures: string[] = []
let checks = 0
function check(what: string, ok: boolean): void {
  console.log(`${ok ? 'pass' : 'FAIL'}  ${what}`)
  checks++
  if (!ok) failures.push(what)
}

async function train(name: string, optimizer: Optimizer, learningRate: number, atLeast: number): Promise<void> {
  const columns = ['excess', 'xy', 'wh', 'conf', 'class'] as const
  console.log(`\n${name}, rate ${learningRate}; above the entropy floor of ${floor.toFixed(3)}`)
  console.log(`  step${columns.map((c) => c.padStart(10)).join('')}`)
  const history: Step[] = []
  for await (const step of training(optimizer, learningRate)) {
    const at = history.push(step) - 1
    if (at % 25 === 0)
      console.log(String(at).padStart(6) + columns.map((c) => step.terms[c].toFixed(3).padStart(10)).join(''))
    if (at === steps) break
  }
  const [first, last] = [history[0] as Step, history.at(-1) as Step]
  for (const [term, least] of [
    ['excess', atLeast],
    ['xy', 2],
    ['wh', 2],
    ['class', 2],
  ] as const) {
    const [before, after] = [first.terms[term], last.terms[term]]
    check(`${name}: ${term} fell from ${before.toPrecision(3)} to ${after.toPrecision(3)}`, after * least <= before)
  }
  await writeTrajectory(name, learningRate, history)
}

/** The first weights, and what made them, for PyTorch to follow. */
async function writeTrajectory(name: string, learningRate: number, history: readonly Step[]): Promise<void> {
  const arrays = history
    .slice(0, followed + 1)
    .flatMap(({ parameters }, at) =>
      Object.entries(parameters).map(([parameter, tensor]) => ({ name: `${parameter}@${at}`, tensor })),
    )
  const inputs = Object.entries({ ...features, ...targets }).map(([input, tensor]) => ({ name: input, tensor }))
  const rate = { name: 'rate', tensor: float32([], [learningRate]) }
  writeFileSync(join(folder, `${name}.npz`), await encodeNpz([...inputs, ...arrays, rate]))
}

mkdirSync(folder, { recursive: true })
const { anchors, anchorMask, ignoreThreshold } = config
writeFileSync(join(folder, 'about.json'), JSON.stringify({ anchors, anchorMask, ignoreThreshold, steps: followed }))
await train('adam', adam, 0.03, 5)
await train('sgd', sgd, 0.006, 5)
console.log(`\n${checks - failures.length} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0
