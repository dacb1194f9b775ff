import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Task } from '../../src/runtime/isolation/task.js'
import { yoloLossHere } from '../support/cli.js'
import { breakDisk, mendDisk } from '../support/disk.js'
import { type Scene, scenes, silent } from './scenes.js'

vi.mock('node:fs', async (actual) => (await import('../support/disk.js')).brittle(await actual()))
vi.mock('node:fs/promises', async (actual) => (await import('../support/disk.js')).brittlePromises(await actual()))

// What setup-cuda finds, and knows as published.
vi.mock('../../src/runtime/installed.js', async () => {
  const { fakeRuntime } = await import('../support/fakeruntime.js')
  return {
    installedRuntime: () => ({ version: '1.30.0', root: fakeRuntime.root, binaries: join(fakeRuntime.root, 'bin') }),
  }
})
vi.mock('../../src/runtime/doctor/published.table.js', async () => {
  const { provider } = await import('../runtime/doctor/machine.js')
  const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  const sha256 = Object.fromEntries(Object.entries(provider).map(([name, bytes]) => [name, sum(bytes)]))
  return { published: [{ version: '1.30.0', archive: 'a.whl', sha256 }] }
})

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

/** Independent files of one command: each is old or new. */
const several = ['verify --html and --junit', 'what is found, over what was found']

const hasCuda = process.platform === 'linux' && process.arch === 'x64'
const usable = Object.keys(scenes).filter((name) => hasCuda || !name.startsWith('setup-cuda'))

/** Makes the old state of a scene in a folder of its own, the current one. @returns how to make it again */
async function prepared(name: string, { prepare }: Scene) {
  const parts = ['kept', 'work'].map((part) => join(root, name.replaceAll(/\W+/g, '-'), part))
  const [kept, work] = parts as [string, string]
  const empty = () => {
    process.chdir(root)
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { recursive: true })
    process.chdir(work)
  }
  empty()
  await prepare()
  cpSync(work, kept, { recursive: true })
  const again = () => {
    empty()
    cpSync(kept, work, { recursive: true })
  }
  return { work, again }
}

describe.skipIf(Boolean(process.env.YOLO_LOSS_BUILT))('a disk that fails once, whenever it does', () => {
  it.each(usable)('%s: leaves all old or all new, and nothing else', { timeout: 600_000 }, async (name) => {
    const scene = scenes[name] as Scene
    const { args, code = 0 } = scene
    const { work, again } = await prepared(name, scene)
    const [first, whole] = [stateOf(work), await yoloLossHere(args.split(' '))]
    expect([whole.code, whole.stderr]).toEqual([code, expect.anything()])
    const last = stateOf(work)
    expect(last).not.toEqual(first)
    const independent = several.includes(name)
    for (let at = 1; ; at++) {
      again()
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

  it.each(Object.keys(silent))('%s writes nothing', { timeout: 600_000 }, async (name) => {
    const scene = silent[name] as Scene
    const { work } = await prepared(name, scene)
    const [before, run] = [stateOf(work), await yoloLossHere(scene.args.split(' '))]
    expect([0, 1, 4]).toContain(run.code)
    expect(run.stdout).not.toBe('')
    expect(stateOf(work)).toEqual(before)
  })
})
