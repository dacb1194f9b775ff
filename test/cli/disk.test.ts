import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import yazl from 'yazl'
import type { Task } from '../../src/runtime/isolation/task.js'
import { writeCase } from '../../src/verify/cases/writecase.js'
import { external, tinyConfig, tinyDetector } from '../attach/detector.js'
import { provider } from '../doctor/machine.js'
import { quotient } from '../golden/exact.js'
import { pair, sumBytes } from '../runtime/models.js'
import { yoloLossHere } from '../support/cli.js'
import { breakDisk, mendDisk } from '../support/disk.js'
import { sumCase, writeSum } from '../verify/cases.js'

vi.mock('node:fs', async (actual) => (await import('../support/disk.js')).brittle(await actual()))
vi.mock('node:fs/promises', async (actual) => (await import('../support/disk.js')).brittlePromises(await actual()))

/** The runtime that setup-cuda finds. */
const fake = vi.hoisted(() => ({ root: '' }))
vi.mock('../../src/runtime/installed.js', () => ({
  installedRuntime: () => ({ version: '1.30.0', root: fake.root, binaries: join(fake.root, 'bin') }),
}))

// Models run in this process: hundreds of children would take minutes.
vi.mock('../../src/runtime/isolation/isolate.js', async (actual) => {
  const { runTask } = await import('../../src/runtime/isolation/task.js')
  const isolated = (_: unknown, use: (run: typeof runTask) => unknown) => use((task) => runTask(task))
  const runOnce = async (
    { provider: name }: { provider: 'cpu' },
    {
      feeds,
      optimization = 'all',
      ...task
    }: Omit<Task, 'feeds' | 'session'> & { feeds: Task['feeds'][0]; optimization?: 'all' },
  ) => {
    const { runs, ...result } = await runTask({ ...task, session: { provider: name, optimization }, feeds: [feeds] })
    const [outcome] = runs
    if (!outcome || 'error' in outcome) throw outcome?.error
    return { ...result, outputs: outcome.outputs }
  }
  return { ...(await actual<object>()), isolated, runOnce }
})

let root: string
let before: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'yolo-loss-disk-')))
  before = process.cwd()
})
afterAll(() => {
  process.chdir(before)
  rmSync(root, { recursive: true, force: true })
})

/** All files below a folder with what they hold; pages and JUnit tell times, so that of them it counts that they are whole. */
function stateOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name)
        if (entry.isDirectory()) return [path.slice(folder.length), 'folder']
        const text = readFileSync(path, 'latin1')
        const ends = /<\/(html|testsuites)>\s*$/.exec(text)?.[1]
        return [path.slice(folder.length), ends === undefined ? text : `a whole ${ends}`]
      })
      .sort(),
  )
}

interface Scene {
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

const scenes: Readonly<Record<string, Scene>> = {
  'export of a new file': { prepare: tinyFiles, args: 'export --config tiny.json -o new.onnx' },
  'export over two files': {
    prepare: () => {
      tinyFiles()
      for (const name of ['out.onnx', 'out.txt']) writeFileSync(name, 'old')
    },
    args: 'export --config tiny.json -o out.onnx --text',
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
  'record into a new folder': {
    prepare: async () => {
      writeFileSync('sum.onnx', sumBytes)
      await writeSum('.', 'case')
    },
    args: 'record sum.onnx --data case -o kept',
  },
  'record over a larger case': {
    prepare: async () => {
      writeFileSync('sum.onnx', sumBytes)
      await writeSum('.', 'case')
      await writeCase('kept', two)
    },
    args: 'record sum.onnx --data case -o kept',
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
  'verify --html and --junit': {
    prepare: async () => {
      await writeSum('.', 'case')
      for (const name of ['page.html', 'report.xml']) writeFileSync(name, 'old')
    },
    args: 'verify case --html page.html --junit report.xml',
  },
  'verify --keep': {
    prepare: async () => {
      tinyFiles()
      await old('export --config tiny.json -o loss.onnx')
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
      fake.root = join(process.cwd(), 'runtime')
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
      fake.root = join(process.cwd(), 'runtime')
    },
    args: 'setup-cuda --from from/a.zip --trust',
  },
}

/** Independent files of one command: each is old or new. */
const several = ['verify --html and --junit']

const hasCuda = process.platform === 'linux' && process.arch === 'x64'
const usable = Object.keys(scenes).filter((name) => hasCuda || !name.startsWith('setup-cuda'))

describe.skipIf(Boolean(process.env.YOLO_LOSS_BUILT))('a disk that fails once, whenever it does', () => {
  it.each(usable)('%s: leaves all old or all new, and nothing else', { timeout: 600_000 }, async (name) => {
    const { prepare, args, code = 0 } = scenes[name] as Scene
    const [kept, work] = ['kept', 'work'].map((part) => join(root, name.replaceAll(/\W+/g, '-'), part)) as [
      string,
      string,
    ]
    const fresh = () => {
      process.chdir(root)
      rmSync(work, { recursive: true, force: true })
      mkdirSync(work, { recursive: true })
      process.chdir(work)
    }
    fresh()
    await prepare()
    cpSync(work, kept, { recursive: true })
    const [first, whole] = [stateOf(work), await yoloLossHere(args.split(' '))]
    expect([whole.code, whole.stderr]).toEqual([code, expect.anything()])
    const last = stateOf(work)
    expect(last).not.toEqual(first)
    const independent = several.includes(name)
    for (let at = 1; ; at++) {
      fresh()
      cpSync(kept, work, { recursive: true })
      breakDisk({ folder: work, at, code: at % 2 === 0 ? 'EIO' : 'ENOSPC' })
      const run = await yoloLossHere(args.split(' '))
      const failed = mendDisk()
      if (failed === undefined) {
        expect(at).toBeGreaterThan(5)
        return
      }
      const [state, where] = [stateOf(work), `call ${at}, ${failed}: ${run.code} ${run.stderr}`]
      expect([0, 1, 2, 3, 4], where).toContain(run.code)
      if (run.code === code) expect(state, where).toEqual(last)
      else if (independent)
        for (const [path, text] of Object.entries(state))
          expect([first[path], last[path]], `${where} ${path}`).toContain(text)
      else expect([first, last], where).toContainEqual(state)
    }
  })
})
