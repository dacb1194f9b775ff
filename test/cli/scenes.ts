import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import yazl from 'yazl'
import { decodeNpz, encodeNpz, float32, type Tensor } from '../../src/io/index.js'
import { writeCase } from '../../src/verify/cases/writecase.js'
import { external, tinyConfig, tinyDetector } from '../attach/detector.js'
import { quotient } from '../golden/exact.js'
import { provider } from '../runtime/doctor/machine.js'
import { pair, sumBytes } from '../runtime/models.js'
import { yoloLossHere } from '../support/cli.js'
import { fakeRuntime } from '../support/fakeruntime.js'
import { writeScenes } from '../support/pictures.js'
import { sumCase, writeSum } from '../verify/cases.js'
import { fakeOrtWeb } from '../view/folder/fakeort.js'

/** A command that writes, over what was there before. */
export interface Scene {
  /** Makes the old state in the current folder. */
  readonly prepare: () => unknown
  readonly args: string
  /** With what the command ends where nothing fails. */
  readonly code?: number
}

async function old(args: string): Promise<void> {
  await yoloLossHere(args.split(' '))
}

const tinyFiles = () => writeFileSync('tiny.json', JSON.stringify(tinyConfig))
const boxes = () => writeFileSync('boxes.txt', 'a.jpg 10,10,40,50,1 5,5,20,20,0\nb.jpg 1,2,30,40,1\n')
const two = { ...sumCase, outputs: [...sumCase.outputs, { name: 'more', tensor: pair(1, 2) }] }

const targets = 'targets boxes.txt --config tiny.json --input 64x64 --image-size 64x64 -o'

/** A model, and a case for it. */
async function sum(): Promise<void> {
  writeFileSync('sum.onnx', sumBytes)
  await writeSum('.', 'case')
}

/** Logits and boxes of one image. */
async function tinyBatch(): Promise<void> {
  tinyFiles()
  const logits = [1, 2].map((n, l) => [`y_pred_${l}`, float32([1, n * 2, n * 2, 21], new Float32Array(n * n * 84))])
  const boxes = float32([1, 1, 5], [4, 4, 30, 50, 1])
  writeFileSync('batch.npz', await encodeNpz({ ...Object.fromEntries(logits), boxes }))
}

/** The same, beside a loss that is nobody's. */
async function tinyResult(): Promise<void> {
  await tinyBatch()
  const arrays = await decodeNpz(readFileSync('batch.npz'))
  const logits = [...arrays]
    .filter(([name]) => name.startsWith('y_pred'))
    .map(([, tensor], l) => [`y_pred_${l}`, tensor])
  const boxes = arrays.get('boxes') as Tensor
  writeFileSync('result.npz', await encodeNpz({ ...Object.fromEntries(logits), boxes, loss: float32([], [18]) }))
}

/** A training step, and pictures for it. */
async function tinyStep(): Promise<void> {
  tinyFiles()
  writeFileSync('d.onnx', tinyDetector())
  await writeScenes('.', 'seen', 2, 2, 1)
  await old('attach d.onnx --config tiny.json --batch 1 --train sgd --ema .9 --freeze-above stage4/Conv -o step.onnx')
}

/** The same, beside a case that was kept before, of more values. */
async function sumOverTwo(): Promise<void> {
  await sum()
  await writeCase('kept', two)
}

/** Makes a graph say of itself what it is not. */
function disguise(file: string, own: string, other: string): void {
  writeFileSync(file, Buffer.from(readFileSync(file, 'latin1').replace(own, other), 'latin1'))
}

const logLine = (step: number): string =>
  JSON.stringify({ step, epoch: step / 2, loss: 9 / (step + 1), floor: 1, rate: 0.1, seconds: 1, terms: { xy_0: 2 } })

/** Every command that writes, with every option that lets it write more, each as a name tells. */
export const scenes: Readonly<Record<string, Scene>> = {
  'export of a new file': { prepare: tinyFiles, args: 'export --config tiny.json -o new.onnx' },
  'export over two files': {
    prepare: () => {
      tinyFiles()
      for (const name of ['out.onnx', 'out.txt']) writeFileSync(name, 'old')
    },
    args: 'export --config tiny.json -o out.onnx --text',
  },
  'probe over an old file': {
    prepare: () => writeFileSync('probe.npz', 'old'),
    args: 'probe -o probe.npz --labels dense',
  },
  'attach, with data that are copied over old ones': {
    prepare: () => {
      tinyFiles()
      writeFileSync('d.onnx', external({ location: 'sub/far.bin' }))
      for (const folder of ['sub', 'other', 'other/sub']) mkdirSync(folder)
      writeFileSync('sub/far.bin', 'sixteen bytes...')
      writeFileSync('other/sub/far.bin', 'old')
      writeFileSync('other/out.onnx', 'old')
    },
    args: 'attach d.onnx --config tiny.json -o other/out.onnx --copy-data --force',
  },
  'attach into a folder without them': {
    prepare: () => {
      tinyFiles()
      writeFileSync('d.onnx', external({ location: 'sub/far.bin' }))
      for (const folder of ['sub', 'other']) mkdirSync(folder)
      writeFileSync('sub/far.bin', 'sixteen bytes...')
    },
    args: 'attach d.onnx --config tiny.json -o other/out.onnx --copy-data',
  },
  'attach over an old file': {
    prepare: () => {
      tinyFiles()
      writeFileSync('d.onnx', tinyDetector())
      writeFileSync('out.onnx', 'old')
    },
    args: 'attach d.onnx --config tiny.json -o out.onnx',
  },
  'a training step over an old one': {
    prepare: () => {
      tinyFiles()
      writeFileSync('d.onnx', tinyDetector())
      for (const name of ['step.onnx', 'step.npz']) writeFileSync(name, 'old')
    },
    args: 'attach d.onnx --config tiny.json --batch 1 --train sgd --freeze-above stage4/Conv --force -o step.onnx',
  },
  'a training over an old one': {
    prepare: async () => {
      await tinyStep()
      for (const name of ['trained.onnx', 'trained.npz', 'trained.jsonl']) writeFileSync(name, 'old')
    },
    args: 'fit step.onnx --annotations seen.txt --max-steps 1 --force -o trained.onnx',
  },
  'a training that goes on from a checkpoint': {
    prepare: async () => {
      await tinyStep()
      await old('fit step.onnx --annotations seen.txt --max-steps 1 --schedule constant --ema -o trained.onnx')
    },
    args: 'fit step.onnx --annotations seen.txt --max-steps 2 --schedule constant --ema --resume -o trained.onnx',
  },
  'a program over an old one': {
    prepare: () => writeFileSync('step.py', 'old'),
    args: 'program step.py -o step.py',
  },
  'curves over old ones': {
    prepare: () => {
      writeFileSync('trained.jsonl', `${logLine(0)}\n${logLine(1)}\n`)
      writeFileSync('curve.svg', 'old')
    },
    args: 'plot trained.jsonl -o curve.svg',
  },
  'what is found, over what was found': {
    prepare: async () => {
      tinyFiles()
      writeFileSync('d.onnx', tinyDetector())
      await writeScenes('.', 'seen', 2, 2, 1)
      writeFileSync('found.json', 'old')
      mkdirSync('drawn')
      writeFileSync('drawn/0.png', 'old')
    },
    args: 'predict d.onnx --config tiny.json --images seen --score 0.1 -o found.json --draw drawn',
  },
  'a training step and its update over old ones': {
    prepare: () => {
      tinyFiles()
      writeFileSync('d.onnx', tinyDetector())
      for (const name of ['step.onnx', 'step.npz', 'step.update.onnx']) writeFileSync(name, 'old')
    },
    args: 'attach d.onnx --config tiny.json --batch 1 --train sgd --train-only heads --gradients-only --force -o step.onnx',
  },
  'a training step with new heads': {
    prepare: () => {
      writeFileSync('tiny.json', JSON.stringify({ ...tinyConfig, classes: 1 }))
      writeFileSync('d.onnx', tinyDetector())
    },
    args: 'attach d.onnx --config tiny.json --batch 1 --train sgd --train-only heads --new-heads 1 --steps-per-run 2 -o step.onnx',
  },
  'replace over an old file, with data that are copied': {
    prepare: async () => {
      tinyFiles()
      writeFileSync('d.onnx', external({ location: 'far.bin' }))
      writeFileSync('far.bin', 'sixteen bytes...')
      await old('attach d.onnx --config tiny.json -o loss.onnx')
      mkdirSync('other')
      for (const name of ['out.onnx', 'far.bin']) writeFileSync(join('other', name), 'old')
    },
    args: 'replace loss.onnx --config tiny.json --ignore-thresh 0.6 -o other/out.onnx --copy-data --force',
  },
  'detach, with data that are copied over old ones': {
    prepare: async () => {
      tinyFiles()
      writeFileSync('d.onnx', external({ location: 'far.bin' }))
      writeFileSync('far.bin', 'sixteen bytes...')
      await old('attach d.onnx --config tiny.json -o loss.onnx')
      mkdirSync('other')
      for (const name of ['back.onnx', 'far.bin']) writeFileSync(join('other', name), 'old')
    },
    args: 'detach loss.onnx -o other/back.onnx --copy-data --force',
  },
  detach: {
    prepare: async () => {
      tinyFiles()
      writeFileSync('d.onnx', tinyDetector())
      await old('attach d.onnx --config tiny.json -o loss.onnx')
      writeFileSync('back.onnx', 'old')
    },
    args: 'detach loss.onnx -o back.onnx',
  },
  'targets into an archive': {
    prepare: () => {
      tinyFiles()
      boxes()
      writeFileSync('labels.npz', 'old')
    },
    args: `${targets} labels.npz`,
  },
  'targets into a new folder': {
    prepare: () => {
      tinyFiles()
      boxes()
    },
    args: `${targets} new/labels`,
  },
  'targets over a folder': {
    prepare: () => {
      tinyFiles()
      boxes()
      mkdirSync('labels')
      for (const name of ['y_true_0.pb', 'y_true_1.pb', 'mine']) writeFileSync(join('labels', name), 'old')
    },
    args: `${targets} labels`,
  },
  'targets over a folder, of boxes': {
    prepare: () => {
      tinyFiles()
      boxes()
      mkdirSync('labels')
      writeFileSync('labels/boxes.pb', 'old')
    },
    args: `${targets} labels --labels boxes`,
  },
  'targets into numbered files': {
    prepare: () => {
      tinyFiles()
      boxes()
    },
    args: `${targets} labels.npz --shard 1`,
  },
  'targets over numbered files': {
    prepare: () => {
      tinyFiles()
      boxes()
      for (const i of [0, 1, 2]) writeFileSync(`labels-0000${i}.npz`, 'old')
    },
    args: `${targets} labels.npz --shard 1`,
  },
  'record into a new folder': {
    prepare: sum,
    args: 'record sum.onnx --data case -o kept',
  },
  'record over a larger case': {
    prepare: sumOverTwo,
    args: 'record sum.onnx --data case -o kept',
  },
  'record --layerwise over the same': {
    prepare: sumOverTwo,
    args: 'record sum.onnx --data case -o kept --layerwise',
  },
  'diff --repro over an old case': {
    prepare: async () => {
      writeFileSync('a.onnx', sumBytes)
      writeFileSync('b.onnx', quotient)
      await writeSum('.', 'case')
      await writeCase('repro', two)
    },
    args: 'diff a.onnx b.onnx --case case --repro repro',
    code: 1,
  },
  'diff --html over an old page': {
    prepare: async () => {
      tinyFiles()
      boxes()
      await old('export --config tiny.json --labels boxes -o a.onnx')
      await old('verify a.onnx --random 1 --keep cases')
      writeFileSync('page.html', 'old')
    },
    args: 'diff a.onnx a.onnx --case cases --html page.html',
  },
  'demo over what it kept': {
    prepare: () => {
      mkdirSync('kept')
      for (const name of ['loss.onnx', 'batch.npz']) writeFileSync(join('kept', name), 'old')
    },
    args: 'demo -o kept',
  },
  'a page over an old one': {
    prepare: async () => {
      tinyFiles()
      boxes()
      writeFileSync('page.html', 'old')
    },
    args: 'view --annotations boxes.txt --config tiny.json --input 64x64 --image-size 64x64 -o page.html',
  },
  'a live page over an old one': {
    prepare: async () => {
      await tinyBatch()
      fakeOrtWeb('.')
      mkdirSync('live/ort', { recursive: true })
      for (const name of ['index.html', 'live.js', 'loss.onnx', 'ort/LICENSE.txt'])
        writeFileSync(join('live', name), 'old')
    },
    args: 'view batch.npz --config tiny.json --live --no-serve --ort-web node_modules/onnxruntime-web -o live',
  },
  'verify --html and --junit': {
    prepare: async () => {
      await writeSum('.', 'case')
      for (const name of ['page.html', 'report.xml']) writeFileSync(name, 'old')
    },
    args: 'verify case --html page.html --junit report.xml',
  },
  'verify --html of a loss that fails, over an old page of it': {
    prepare: async () => {
      tinyFiles()
      await old('export --config tiny.json --ignore-thresh 0.1 -o loss.onnx')
      disguise('loss.onnx', '"ignoreThreshold":0.1', '"ignoreThreshold":0.5')
      mkdirSync('page')
      for (const name of ['page.html', 'page/1.html']) writeFileSync(name, 'old')
    },
    args: 'verify loss.onnx --random 1 --html page.html',
    code: 1,
  },
  'verify --keep': {
    prepare: async () => {
      tinyFiles()
      await old('export --config tiny.json -o loss.onnx')
    },
    args: 'verify loss.onnx --random 2 --keep kept',
  },
  'verify --keep over what it kept': {
    prepare: async () => {
      tinyFiles()
      await old('export --config tiny.json -o loss.onnx')
      await old('verify loss.onnx --random 2 --seed 5 --keep kept')
    },
    args: 'verify loss.onnx --random 2 --keep kept',
  },
  'verify --keep --npz over what it kept': {
    prepare: async () => {
      tinyFiles()
      await old('export --config tiny.json -o loss.onnx')
      await old('verify loss.onnx --random 2 --seed 5 --keep kept --npz')
    },
    args: 'verify loss.onnx --random 2 --keep kept --npz',
  },
  'verify --keep over what it kept with archives': {
    prepare: async () => {
      tinyFiles()
      await old('export --config tiny.json -o loss.onnx')
      await old('verify loss.onnx --random 2 --keep kept --npz')
    },
    args: 'verify loss.onnx --random 2 --keep kept',
  },
  'setup-cuda over another provider': {
    prepare: () => {
      for (const folder of ['from', 'runtime', 'runtime/bin']) mkdirSync(folder)
      for (const [name, bytes] of Object.entries(provider)) {
        writeFileSync(join('from', name), bytes)
        writeFileSync(join('runtime/bin', name), 'old')
      }
      writeFileSync('runtime/bin/yolo-loss-cuda.json', '{}')
      fakeRuntime.root = join(process.cwd(), 'runtime')
    },
    args: 'setup-cuda --from from --trust',
  },
  'setup-cuda from an archive, where there is none': {
    prepare: async () => {
      for (const folder of ['from', 'runtime', 'runtime/bin']) mkdirSync(folder)
      const zip = new yazl.ZipFile()
      for (const [name, bytes] of Object.entries(provider)) zip.addBuffer(Buffer.from(bytes), name)
      zip.end()
      writeFileSync('from/a.zip', await buffer(zip.outputStream))
      fakeRuntime.root = join(process.cwd(), 'runtime')
    },
    args: 'setup-cuda --from from/a.zip --trust',
  },
  'setup-cuda --force over what it put there': {
    prepare: async () => {
      for (const folder of ['from', 'other', 'runtime', 'runtime/bin']) mkdirSync(folder)
      for (const [name, bytes] of Object.entries(provider)) {
        writeFileSync(join('from', name), bytes)
        // What follows the tables of a library is no part of what is looked at.
        writeFileSync(join('other', name), Buffer.concat([bytes, Buffer.from('other')]))
      }
      fakeRuntime.root = join(process.cwd(), 'runtime')
      await old('setup-cuda --from from --trust')
    },
    args: 'setup-cuda --from other --trust --force',
  },
  'setup-cuda where there is a published one': {
    prepare: () => {
      for (const folder of ['runtime', 'runtime/bin']) mkdirSync(folder)
      for (const [name, bytes] of Object.entries(provider)) writeFileSync(join('runtime/bin', name), bytes)
      fakeRuntime.root = join(process.cwd(), 'runtime')
    },
    args: 'setup-cuda',
  },
  'setup-cuda by the install script': {
    prepare: () => {
      for (const folder of ['runtime', 'runtime/bin', 'runtime/script']) mkdirSync(folder)
      const puts = Object.entries(provider).map(
        ([name, bytes]) =>
          `fs.writeFileSync('bin/napi-v6/linux/x64/${name}', Buffer.from('${Buffer.from(bytes).toString('base64')}', 'base64'))`,
      )
      writeFileSync('runtime/script/install.js', ["const fs = require('node:fs')", ...puts].join('\n'))
      fakeRuntime.root = join(process.cwd(), 'runtime')
    },
    args: 'setup-cuda',
  },
}

/** Commands that write nothing, as they are when they have something to do. */
export const silent: Readonly<Record<string, Scene>> = {
  doctor: { prepare: () => {}, args: 'doctor' },
  completion: { prepare: () => {}, args: 'completion bash' },
  check: {
    prepare: async () => {
      await sum()
      writeFileSync('y.npz', await encodeNpz({ y: pair(11, 22) }))
    },
    args: 'check case y.npz',
  },
  eval: {
    prepare: sum,
    args: 'eval sum.onnx case',
  },
  inspect: { prepare: () => writeFileSync('d.onnx', tinyDetector()), args: 'inspect d.onnx' },
  semantics: { prepare: () => {}, args: 'semantics' },
  identify: { prepare: tinyResult, args: 'identify result.npz --config tiny.json', code: 1 },
  lint: { prepare: () => writeFileSync('d.onnx', tinyDetector()), args: 'lint d.onnx --for cuda' },
}
