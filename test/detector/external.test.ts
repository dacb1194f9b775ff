import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { external, tinyConfig, tinyDetector } from '../attach/detector.js'
import { tiny } from '../attach/given.js'
import { command, yoloLossHere as run } from '../support/cli.js'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'attach-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** A folder of its own with the detector as `d.onnx` and a data file. */
function folder(name: string, model: Uint8Array, file = 'far.bin', size = 16): string {
  const path = join(dir, name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'd.onnx'), model)
  writeFileSync(join(path, 'tiny.json'), JSON.stringify(tinyConfig))
  if (file) writeFileSync(join(path, file), new Uint8Array(size))
  return path
}

const attach = (path: string, ...more: string[]) =>
  run(['attach', join(path, 'd.onnx'), '--config', join(path, 'tiny.json'), '-o', join(path, 'out.onnx'), ...more])

describe('external data that could lie anywhere', () => {
  it.each([
    ['above the folder', { location: '../far.bin' }],
    ['above it on the way', { location: 'a/../../far.bin' }],
    ['at an absolute path', { location: '/etc/passwd' }],
    ['at a Windows path', { location: 'C:\\far.bin' }],
    ['behind a backslash', { location: 'a\\far.bin' }],
    ['behind a NUL', { location: 'far.bin\0.png' }],
    ['nowhere', { location: '' }],
    ['without location', { offset: '0' }],
    ['at a negative offset', { location: 'far.bin', offset: '-1' }],
    ['at no number', { location: 'far.bin', length: 'abc' }],
    ['beyond the end', { location: 'far.bin', offset: '8' }],
    ['far beyond the end', { location: 'far.bin', offset: '9007199254740993' }],
    ['with another length', { location: 'far.bin', length: '8' }],
    ['with unknown keys', { location: 'far.bin', basepath: '/' }],
    ['in a missing file', { location: 'gone.bin' }],
    ['in a folder', { location: 'folder' }],
  ])('%s: refused with the name of the tensor, nothing written', async (name, entries) => {
    const path = folder(name.replaceAll(' ', '-'), external(entries))
    mkdirSync(join(path, 'folder'))
    const { code, stderr } = await attach(path)
    expect([code, stderr]).toEqual([3, expect.stringMatching(/tensor "far": its external data/)])
    expect(existsSync(join(path, 'out.onnx'))).toBe(false)
  })

  it('behind a symbolic link, a linked parent, a hard link, a FIFO or in a device: no byte is read', async () => {
    const secret = join(dir, 'secret')
    mkdirSync(secret)
    writeFileSync(join(secret, 'far.bin'), new Uint8Array(16))
    const make: Record<string, (path: string) => void> = {
      'the link "far.bin"': (p) => symlinkSync(join(secret, 'far.bin'), join(p, 'far.bin')),
      'the link "sub"': (p) => symlinkSync(secret, join(p, 'sub')),
      'hard link': (p) => linkSync(join(secret, 'far.bin'), join(p, 'far.bin')),
      'no regular file': (p) => void spawnSync('mkfifo', [join(p, 'far.bin')]),
      'the link "dev"': (p) => symlinkSync('/dev', join(p, 'dev')),
    }
    const locations: Record<string, string> = { 'the link "sub"': 'sub/far.bin', 'the link "dev"': 'dev/zero' }
    for (const [why, place] of Object.entries(make)) {
      const path = folder(
        `link-${Object.keys(make).indexOf(why)}`,
        external({ location: locations[why] ?? 'far.bin' }),
        '',
      )
      place(path)
      const { code, stderr } = await attach(path)
      expect([code, stderr]).toEqual([3, expect.stringContaining(why)])
    }
  })

  it('of a model in memory: the folder must be given', () => {
    const model = external({ location: 'far.bin' })
    expect(() => attachLoss(model, tiny)).toThrow(/its folder is not known/)
    expect(attachLoss(model, tiny, { folder: folder('memory', model) }).external).toHaveLength(1)
  })
})

describe('external data beside the model', () => {
  it('stay where they are', async () => {
    const path = folder('beside', external({ location: 'far.bin', offset: '0', length: '16' }))
    expect((await attach(path)).code).toBe(0)
    expect(readdirSync(path).sort()).toEqual(['d.onnx', 'far.bin', 'out.onnx', 'tiny.json'])
    expect((await run(['detach', join(path, 'out.onnx'), '-o', join(path, 'back.onnx')])).code).toBe(0)
    expect(readFileSync(join(path, 'back.onnx')).equals(readFileSync(join(path, 'd.onnx')))).toBe(true)
  })

  it('go along to another folder only with --copy-data, and replace nothing without --force', async () => {
    const path = folder('elsewhere', external({ location: 'sub/far.bin' }), '')
    mkdirSync(join(path, 'sub'))
    writeFileSync(join(path, 'sub/far.bin'), 'sixteen bytes...')
    const target = join(path, 'other')
    mkdirSync(target)
    const to = (...more: string[]) => attach(path, '-o', join(target, 'out.onnx'), ...more)
    expect(await to()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/another folder than the external data .*--copy-data/),
    })
    expect(readdirSync(target)).toEqual([])
    expect((await to('--copy-data')).code).toBe(0)
    expect(readFileSync(join(target, 'sub/far.bin'), 'utf8')).toBe('sixteen bytes...')
    expect(await to('--copy-data')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/file already.*\n.*--force/),
    })
    expect((await to('--copy-data', '--force')).code).toBe(0)
    expect(readdirSync(join(target, 'sub'))).toEqual(['far.bin'])
  })

  it.each([
    ['a hidden file', '.bashrc', () => {}, /would write ".bashrc", a hidden file/],
    ['a file in a hidden folder', '.config/far.bin', () => {}, /would write ".config\/far.bin", a hidden file/],
    ['the name of the target', 'out.onnx', () => {}, /has the name of a data file of the model/],
    ['a link in the target folder', 'sub/far.bin', (t: string) => symlinkSync('..', join(t, 'sub')), /there is a link/],
    ['a link as target', 'far.bin', (t: string) => symlinkSync('../away', join(t, 'far.bin')), /there is a link/],
    ['a folder as target', 'far.bin', (t: string) => mkdirSync(join(t, 'far.bin')), /no regular file/],
    ['a file as folder', 'sub/far.bin', (t: string) => writeFileSync(join(t, 'sub'), ''), /where a folder must be/],
  ])('are not copied to %s', async (name, location, prepare, why) => {
    const path = folder(`copied-${name.replaceAll(' ', '-')}`, external({ location }), '')
    const target = join(path, 'other')
    mkdirSync(target)
    mkdirSync(join(path, location, '..'), { recursive: true })
    writeFileSync(join(path, location), 'sixteen bytes...')
    prepare(target)
    const before = readdirSync(path, { recursive: true }).sort()
    const { code, stderr } = await attach(path, '-o', join(target, 'out.onnx'), '--copy-data')
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)])
    expect(readdirSync(path, { recursive: true }).sort()).toEqual(before)
  })

  it('are copied under a hidden name with --force, and a second spelling is one file', async () => {
    const path = folder('forced', external({ location: './.far/far.bin' }), '')
    const target = join(path, 'other')
    mkdirSync(target)
    mkdirSync(join(path, '.far'))
    writeFileSync(join(path, '.far/far.bin'), 'sixteen bytes...')
    const { code } = await attach(path, '-o', join(target, 'out.onnx'), '--copy-data', '--force')
    expect([code, readdirSync(target, { recursive: true }).sort()]).toEqual([0, ['.far', '.far/far.bin', 'out.onnx']])
  })

  it('are never the target', async () => {
    const path = folder('target', external({ location: 'far.bin' }))
    const { code, stderr } = await attach(path, '-o', join(path, 'far.bin'))
    expect([code, stderr]).toEqual([2, expect.stringMatching(/is a data file of the model/)])
    expect(readFileSync(join(path, 'far.bin'))).toHaveLength(16)
  })

  it('of 3 GiB are attached within 200 MB, without being read', () => {
    const bytes = 3 * 2 ** 30
    const path = folder('big', external({ location: 'far.bin', length: String(bytes) }, bytes / 4))
    truncateSync(join(path, 'far.bin'), bytes)
    const measure = "process.on('exit', () => console.log(process.resourceUsage().maxRSS * 1024))"
    const args = ['attach', join(path, 'd.onnx'), '--config', join(path, 'tiny.json'), '-o', join(path, 'out.onnx')]
    const hook = `data:text/javascript,${encodeURIComponent(measure)}`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, ...command, ...args], {
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, expect.stringContaining('wrote')])
    const rss = Number(stdout)
    expect(rss).toBeLessThan(200e6)
  })
})

describe('the target', () => {
  it('is never the model itself, by whatever name', async () => {
    const path = folder('self', tinyDetector(), '')
    symlinkSync('d.onnx', join(path, 'link.onnx'))
    linkSync(join(path, 'd.onnx'), join(path, 'hard.onnx'))
    for (const name of ['d.onnx', '../self/d.onnx', 'link.onnx', 'hard.onnx']) {
      const { code, stderr } = await attach(path, '-o', join(path, name))
      expect([code, stderr]).toEqual([2, expect.stringMatching(/is the model itself/)])
    }
    expect(readFileSync(join(path, 'd.onnx')).equals(tinyDetector())).toBe(true)
  })

  it('that is read-only, a folder, or in no folder stays as it is', async () => {
    const path = folder('readonly', tinyDetector(), '')
    writeFileSync(join(path, 'old.onnx'), 'old')
    chmodSync(join(path, 'old.onnx'), 0o444)
    mkdirSync(join(path, 'folder'))
    for (const [name, why] of [
      ['old.onnx', /read-only/],
      ['folder', /is a folder/],
      ['none/out.onnx', /folder does not exist/],
    ] as const) {
      const { code, stderr } = await attach(path, '-o', join(path, name))
      expect([code, stderr]).toEqual([2, expect.stringMatching(why)])
    }
    expect(readFileSync(join(path, 'old.onnx'), 'utf8')).toBe('old')
    expect(readdirSync(path).sort()).toEqual(['d.onnx', 'folder', 'old.onnx', 'tiny.json'])
  })

  it('that is a device stays one', async () => {
    const { code, stderr } = await attach(folder('device', tinyDetector(), ''), '-o', '/dev/null')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no regular file/)])
  })

  it('that runs out of space: the old one stays, nothing is left', () => {
    const path = folder('full', tinyDetector(), '')
    writeFileSync(join(path, 'out.onnx'), 'old')
    const args = ['attach', join(path, 'd.onnx'), '--config', join(path, 'tiny.json'), '-o', join(path, 'out.onnx')]
    // A limit of 40 kB stands for a disk that fills up in mid-write; its signal would end the process first.
    const deaf = ['--import', "data:text/javascript,process.on('SIGXFSZ', () => {})"]
    const limited = ['-c', 'ulimit -f 40; exec "$0" "$@"', process.execPath, ...deaf, ...command, ...args]
    const { status, stderr } = spawnSync('bash', limited, { encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringMatching(/not written/)])
    expect(readFileSync(join(path, 'out.onnx'), 'utf8')).toBe('old')
    expect(readdirSync(path).sort()).toEqual(['d.onnx', 'out.onnx', 'tiny.json'])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('survives %s in mid-write, and leaves no debris', async (signal) => {
    const path = folder(`kill-${signal}`, external({ location: 'far.bin', length: String(2 ** 28) }, 2 ** 26))
    truncateSync(join(path, 'far.bin'), 2 ** 28)
    const target = join(path, 'other')
    mkdirSync(target)
    writeFileSync(join(target, 'out.onnx'), 'old')
    const args = [
      'attach',
      join(path, 'd.onnx'),
      '--config',
      join(path, 'tiny.json'),
      '--copy-data',
      '-o',
      join(target, 'out.onnx'),
    ]
    const child = spawn(process.execPath, [...command, ...args], { stdio: 'ignore' })
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    while (child.exitCode === null && readdirSync(target).length < 2) await new Promise((go) => setTimeout(go, 1))
    child.kill(signal)
    await ended
    const left = readdirSync(target).filter((name) => name !== 'far.bin')
    expect(left).toEqual(['out.onnx'])
    const written = readFileSync(join(target, 'out.onnx'))
    expect(written.equals(Buffer.from('old')) || written.length > 20_000).toBe(true)
  })
})
