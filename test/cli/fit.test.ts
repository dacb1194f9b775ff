import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readArrays } from '../../src/io/arrays/read.js'
import { TinyDetector, tinyConfig } from '../attach/detector.js'
import { command, yoloLossHere as yoloLoss } from '../support/cli.js'
import { writeScenes } from '../support/pictures.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
const lines = await writeScenes(root, 'pictures', 10, 2, 1)
await writeScenes(root, 'held', 5, 2, 2)
writeFileSync(at('d.onnx'), new TinyDetector({ opset: 18, irVersion: 8 }).bytes())
writeFileSync(at('tiny.json'), JSON.stringify(tinyConfig))

async function attach(name: string, ...more: string[]): Promise<void> {
  const { code, stderr } = await yoloLoss([
    ...['attach', at('d.onnx'), '--config', at('tiny.json'), '--batch', '4', '--train', 'adam', '--force'],
    ...['-o', at(name), ...more],
  ])
  expect([code, stderr]).toEqual([0, expect.stringContaining('wrote')])
}

await attach('step.onnx', '--labels', 'boxes', '--max-boxes', '8', '--components')

const schema = JSON.parse(readFileSync(new URL('../../src/fit/log/log.schema.json', import.meta.url), 'utf8'))
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)

const withoutAnnotations = (...more: string[]) => yoloLoss(['fit', at('step.onnx'), ...more])
const trained = (...more: string[]) =>
  withoutAnnotations('--annotations', at('pictures.txt'), '--rate', '0.01', ...more)
const log = (name: string) =>
  readFileSync(at(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const losses = (name: string): number[] => log(name).slice(1).map(({ loss, floor }) => loss - floor) // biome-ignore format: one line
/** A log without what differs from run to run. */
const timeless = (name: string) => log(name).map(({ seconds: _, ...line }) => line)
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length

describe('fit', () => {
  it('trains a detector, and tells how it goes', async () => {
    const { code, stderr } = await trained('--max-steps', '60', '--checkpoint-every', '20', '--validation', at('held.txt'), '-o', at('a.onnx')) // biome-ignore format: one line
    expect(code).toBe(0)
    expect(stderr).toMatch(/step 20\/60: loss \S+, \S+ above its floor; rate 0.00\d+; \d+ s left; validation \S+\n/)
    expect(stderr).toContain(`wrote ${at('a.onnx')}`)
    const all = losses('a.jsonl')
    expect(all).toHaveLength(60)
    expect(mean(all.slice(-10))).toBeLessThan(0.5 * mean(all.slice(0, 10)))
  })

  it('writes the terms of each scale down, which add up to the loss', () => {
    const [{ settings }, first] = log('a.jsonl')
    expect(settings).toMatchObject({ images: 10, rate: 0.01, schedule: 'cosine', steps: 60, seed: 0 })
    const terms = [0, 1].flatMap((l) => ['xy', 'wh', 'conf', 'class'].map((name) => first.terms[`${name}_${l}`]))
    expect(terms.reduce((a, b) => a + b, 0)).toBeCloseTo(first.loss, 3)
  })

  it('writes a log as its schema has it: epochs, seconds, and validation at checkpoints', () => {
    const [head, ...steps] = log('a.jsonl')
    expect([head, ...steps].filter((line) => !valid(line))).toEqual([])
    expect(head.schemaVersion).toBe(1)
    expect(steps.map(({ epoch }) => epoch)).toEqual(steps.map((_, step) => (step * 4) / 10))
    expect(steps.filter(({ seconds }) => seconds > 0)).toHaveLength(60)
    const seen = steps.filter(({ validation }) => validation)
    expect(seen.map(({ step }) => step)).toEqual([19, 39, 59])
    expect(seen.map(({ validation }) => validation)).toEqual(Array(3).fill({ loss: expect.any(Number), images: 4 }))
  })

  it('leaves a detector whose loss is what the log says', async () => {
    await attach('again.onnx', '--labels', 'boxes')
    const values = await readArrays(at('a.npz'))
    expect(values.get('step')?.data[0]).toBe(60n)
    const detached = await yoloLoss(['detach', at('step.onnx'), '--weights', at('a.npz'), '-o', at('back.onnx')])
    expect([detached.code, readFileSync(at('back.onnx'))]).toEqual([0, readFileSync(at('a.onnx'))])
  })

  it('goes on from a checkpoint, bit for bit as without the pause', async () => {
    for (const name of ['a.npz', 'a.jsonl']) copyFileSync(at(name), at(name.replace('a', 'kept')))
    const whole = ['--epochs', '6', '--seed', '3', '--checkpoint-every', '4', '--validation', at('held.txt')]
    expect((await trained(...whole, '-o', at('whole.onnx'))).code).toBe(0)
    const stopped = await interruptedAfter(4, ...whole, '-o', at('half.onnx'))
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toMatch(/stopped after step \d+ of 15: --resume goes on/)
    expect(losses('half.jsonl').length).toBeLessThan(15)
    expect((await trained(...whole, '--resume', '-o', at('half.onnx'))).code).toBe(0)
    for (const end of ['onnx', 'npz'])
      expect(readFileSync(at(`half.${end}`)).equals(readFileSync(at(`whole.${end}`)))).toBe(true)
    expect(timeless('half.jsonl')).toEqual(timeless('whole.jsonl'))
  })

  it('gives the same bits for the same seed, and others for another', async () => {
    for (const [name, seed] of [['x', '1'], ['y', '1'], ['z', '2']] as const)
      await trained('--max-steps', '3', '--seed', seed, '-o', at(`${name}.onnx`)) // biome-ignore format: one line
    const bytes = (name: string) => readFileSync(at(`${name}.onnx`))
    expect([bytes('x').equals(bytes('y')), bytes('x').equals(bytes('z'))]).toEqual([true, false])
  })

  it('tells programs what became of it', async () => {
    const { stdout } = await trained('--max-steps', '2', '-o', at('j.onnx'), '--json', '-q')
    expect(JSON.parse(stdout)).toMatchObject({
      file: at('j.onnx'),
      checkpoint: at('j.npz'),
      log: at('j.jsonl'),
      images: 10,
      steps: 2,
      of: 2,
      last: { step: 1 },
      leftOut: [],
    })
  })

  it('takes steps of dense labels, weighted boxes, a normaliser, a loss of each image and accumulated gradients', async () => {
    const losses: number[] = []
    for (const [i, options] of [
      [],
      ['--labels', 'weighted-boxes'],
      ['--labels', 'boxes', '--normalizer'],
      ['--accumulate', '2'],
    ].entries()) {
      await attach(`k${i}.onnx`, ...options)
      const { code } = await yoloLoss(['fit', at(`k${i}.onnx`), '--annotations', at('pictures.txt'), '--rate', '0', '--max-steps', '2', '-o', at(`t${i}.onnx`)]) // biome-ignore format: one line
      expect(code).toBe(0)
      losses.push(log(`t${i}.jsonl`)[2].loss)
    }
    expect(losses).toEqual(losses.map(() => expect.closeTo(losses[0] as number, 3)))
  })

  it('validates a step that asks what to divide by, too', async () => {
    await attach('norm.onnx', '--labels', 'boxes', '--normalizer')
    const loss = async (model: string) => {
      const how = [
        '--validation',
        at('held.txt'),
        '--max-steps',
        '1',
        '--rate',
        '0',
        '--json',
        '-q',
        '-o',
        at(`v.${model}`),
      ]
      const { stdout } = await yoloLoss(['fit', at(model), '--annotations', at('pictures.txt'), ...how])
      return JSON.parse(stdout).validation.loss as number
    }
    expect(await loss('norm.onnx')).toBeCloseTo(await loss('step.onnx'), 4)
  })

  it('writes averages of the weights where it is asked to', async () => {
    await attach('mean.onnx', '--ema', '0.5')
    const how = ['--annotations', at('pictures.txt'), '--max-steps', '3', '--ema', '-o', at('m.onnx')]
    expect((await yoloLoss(['fit', at('mean.onnx'), ...how])).code).toBe(0)
    await yoloLoss(['detach', at('mean.onnx'), '--weights', at('m.npz'), '--ema', '-o', at('mean-back.onnx')])
    expect(readFileSync(at('m.onnx')).equals(readFileSync(at('mean-back.onnx')))).toBe(true)
    const { code, stderr } = await trained('--max-steps', '1', '--ema', '-o', at('n.onnx'))
    expect([code, stderr, existsSync(at('n.npz'))]).toEqual([2, expect.stringContaining('finds no averages'), false])
  })
})

/** Sends an interrupt once a checkpoint tells of so many steps. */
async function interruptedAfter(steps: number, ...args: string[]) {
  const words = ['fit', at('step.onnx'), '--annotations', at('pictures.txt'), '--rate', '0.01', ...args]
  const child = spawn(process.execPath, [...command, ...words])
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    if (stderr.includes(`step ${steps}/`)) child.kill('SIGINT')
  })
  const code = await new Promise((done) => child.on('close', done))
  return { code, stderr }
}

describe('fit leaves out', () => {
  const bad = [
    ...lines,
    'pictures/none.png 10,10,40,40,0',
    `${(lines[0] as string).split(' ')[0]} 10,10,40,40,7 50,50,50,60,1`,
  ]

  it('images and boxes that are of no use, and names them once', async () => {
    writeFileSync(at('bad.txt'), `${bad.join('\n')}\n`)
    const { code, stderr } = await withoutAnnotations('--annotations', at('bad.txt'), '--epochs', '2', '-o', at('left.onnx')) // biome-ignore format: one line
    expect(code).toBe(0)
    expect(stderr.match(/is left out/g)).toHaveLength(3)
    expect(stderr).toContain(`none.png is left out: `)
    expect(stderr).toContain(`bad.txt, line 12, box 1 is left out: class 7 is not below the 2 classes`)
    expect(stderr).toContain(`line 12, box 2 is left out: it has no width or height`)
  })

  it('none with --strict, which ends at the first', async () => {
    const { code, stderr } = await withoutAnnotations('--annotations', at('bad.txt'), '--epochs', '2', '--strict', '-o', at('strict.onnx')) // biome-ignore format: one line
    expect([code, stderr]).toEqual([3, expect.stringMatching(/none\.png|line 12/)])
    expect(existsSync(at('strict.npz'))).toBe(false)
  })
})

describe('fit refuses', () => {
  it.each([
    ['no annotations', ['--max-steps', '1'], '"annotations" is missing', 2],
    ['neither epochs nor steps', ['--annotations', at('pictures.txt')], 'give one of them', 2],
    ['both', ['--annotations', at('pictures.txt'), '--epochs', '1', '--max-steps', '1'], 'give one of them', 2],
    ['a warm-up that never ends', ['--annotations', at('pictures.txt'), '--max-steps', '3', '--warmup', '4'], '"warmup" is 4, more than the 3 steps', 2],
    ['a checkpoint that is not there', ['--annotations', at('pictures.txt'), '--max-steps', '1', '--resume'], 'finds no checkpoint', 2],
    ['too few images to validate', ['--annotations', at('pictures.txt'), '--max-steps', '1', '--validation', at('one.txt')], 'has 1 images, fewer than the batch of 4', 3],
    ['an array of boxes', ['--annotations', at('boxes.npz'), '--max-steps', '1'], 'does not say which images', 3],
  ])('%s', async (_, args, words, exit) => {
    writeFileSync(at('one.txt'), `${lines[0]}\n`)
    await yoloLoss(['targets', at('pictures.txt'), '--config', at('tiny.json'), '--input', '96x64', '--labels', 'boxes', '-o', at('boxes.npz')])
    const { code, stderr } = await withoutAnnotations(...args, '-o', at('refused.onnx'))
    expect([code, stderr]).toEqual([exit, expect.stringContaining(words)])
  }) // biome-ignore format: a table

  it('to write over an old checkpoint unless told to', async () => {
    const { code, stderr } = await trained('--max-steps', '1', '-o', at('a.onnx'))
    expect([code, stderr]).toEqual([2, expect.stringContaining('use --resume or --force, or name another')])
    expect(readFileSync(at('a.npz')).equals(readFileSync(at('kept.npz')))).toBe(true)
  })

  it('to write over the step, and over what it begins with', async () => {
    for (const output of ['step.onnx', 'step.ONNX'])
      expect((await trained('--max-steps', '1', '--force', '-o', at(output))).code).toBe(2)
  })

  it('to go on with other settings, or another log', async () => {
    const other = await trained('--max-steps', '60', '--seed', '1', '--resume', '-o', at('a.onnx'))
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('was trained with "seed" 0, and this is 1')])
    writeFileSync(at('kept.jsonl'), readFileSync(at('a.jsonl'), 'utf8').split('\n').slice(0, 30).join('\n'))
    const cut = await trained('--max-steps', '60', '--checkpoint-every', '20', '--resume', '-o', at('kept.onnx'))
    expect([cut.code, cut.stderr]).toEqual([3, expect.stringContaining('they are of two trainings')])
    writeFileSync(at('kept.jsonl'), 'no log\n')
    const none = await trained('--max-steps', '60', '--resume', '-o', at('kept.onnx'))
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('kept.jsonl, line 1: is no JSON')])
    writeFileSync(at('kept.jsonl'), '{"settings":{"seed":0}}\n{"step":0,"rate":0.1,"loss":1,"floor":1,"xy_0":1}\n')
    const earlier = await trained('--max-steps', '60', '--resume', '-o', at('kept.onnx'))
    expect([earlier.code, earlier.stderr]).toEqual([3, expect.stringMatching(/line 2: is no step.*of a version that wrote them otherwise/s)]) // biome-ignore format: one line
    rmSync(at('kept.jsonl'))
    const gone = await trained('--max-steps', '60', '--resume', '-o', at('kept.onnx'))
    expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('has no log beside it')])
  })

  it('more boxes than the step has room for, and names the image', async () => {
    writeFileSync(at('many.txt'), `${lines[0]}\n${lines[1]}${' 1,1,20,20,0'.repeat(9)}\n`)
    const { code, stderr } = await withoutAnnotations('--annotations', at('many.txt'), '--max-steps', '1', '-o', at('many.onnx')) // biome-ignore format: one line
    expect([code, stderr]).toEqual([3, expect.stringMatching(/many.txt, line 2, box 9: the image has 11 boxes, and .*step.onnx room for 8/)]) // biome-ignore format: one line
  })

  it('images none of which can be decoded', async () => {
    writeFileSync(at('nothing.txt'), 'a.png 1,1,20,20,0\nb.png 1,1,20,20,0\n')
    const { code, stderr } = await withoutAnnotations('--annotations', at('nothing.txt'), '--max-steps', '1', '-o', at('none.onnx')) // biome-ignore format: one line
    expect([code, stderr]).toEqual([3, expect.stringContaining('none of the 2 images can be decoded')])
  })

  it('a loss that is no number any more, and keeps the last checkpoint', async () => {
    const { code, stderr } = await withoutAnnotations('--annotations', at('pictures.txt'), '--rate', '1e30', '--max-steps', '20', '--checkpoint-every', '1', '-o', at('nan.onnx')) // biome-ignore format: one line
    expect([code, stderr]).toEqual([1, expect.stringMatching(/the loss is (NaN|Infinity) at step \d+.*lower --rate/s)])
    const kept = Number(/the weights of step (\d+) are as they were/.exec(stderr)?.[1])
    expect((await readArrays(at('nan.npz'))).get('step')?.data[0]).toBe(BigInt(kept))
  })

  it.each([
    ['a detector', 'd.onnx', [], 'is no training step'],
    ['a step without an update', 'half.step.onnx', ['--gradients-only'], 'hands out gradients, and no weights'],
    ['a step of several in one run', 'loop.step.onnx', ['--steps-per-run', '2'], 'makes several steps in one run'],
    ['a step that keeps its weights', 'one.step.onnx', ['--one-file'], 'keeps its weights in itself'],
  ])('%s', async (_, name, options, words) => {
    if (options.length > 0) await attach(name, ...options)
    const { code, stderr } = await yoloLoss(['fit', at(name), '--annotations', at('pictures.txt'), '--max-steps', '1', '-o', at('p.onnx')]) // biome-ignore format: one line
    expect([code, stderr]).toEqual([3, expect.stringContaining(words)])
  })
})

// The built command line is a process of its own, whose messages go to no terminal here.
describe.skipIf(process.env.YOLO_LOSS_BUILT)('fit on a terminal', () => {
  afterEach(() => vi.unstubAllEnvs())

  /** Trains while messages go to a terminal. */
  async function onTerminal(locale: string, ...more: string[]) {
    for (const [name, value] of [['LC_ALL', locale], ['TERM', 'xterm']] as const) vi.stubEnv(name, value) // biome-ignore format: one line
    const was = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
    Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true })
    try {
      return await trained('--max-steps', '5', '--force', '-o', at('seen.onnx'), ...more)
    } finally {
      if (was) Object.defineProperty(process.stderr, 'isTTY', was)
      else Reflect.deleteProperty(process.stderr, 'isTTY')
    }
  }

  it('ends with the curve, above what it wrote', async () => {
    const { stderr } = await onTerminal('C.UTF-8')
    expect(stderr).toMatch(/loss above its floor.*\n( +\S* [┤│].*\n){10} +└─+\n +0 +4 steps\nwrote /)
    expect(stderr).toMatch(/[\u2801-\u28ff]/)
  })

  it('keeps to ASCII where there is no more', async () => {
    const { stderr } = await onTerminal('C')
    expect(stderr).toMatch(/loss above its floor.*\n( +\S* [+|].*\n){10} +\+-+\n/)
  })

  it('has no curve with --quiet, and none in a pipe', async () => {
    expect((await onTerminal('C', '-q')).stderr).toBe('')
    expect((await trained('--max-steps', '5', '--force', '-o', at('seen.onnx'))).stderr).not.toContain('└')
  })

  it('colours nothing', async () => {
    expect((await onTerminal('C.UTF-8')).stderr).not.toContain('\u001b[3')
  })
})
