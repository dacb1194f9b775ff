import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import yazl from 'yazl'
import { examine } from '../../../../src/runtime/doctor/check.js'
import { type SetupOptions, setUpCuda } from '../../../../src/runtime/doctor/setup/setup.js'
import type { System } from '../../../../src/runtime/doctor/system.js'
import { yoloLoss } from '../../../support/cli.js'
import { scratch } from '../../../verify/cases.js'
import { elf, folderOf, machine, provider } from '../machine.js'

type Files = Readonly<Record<string, Uint8Array | string>>

const root = await scratch()
const [shared, cuda, stamp] = [
  'libonnxruntime_providers_shared.so',
  'libonnxruntime_providers_cuda.so',
  'yolo-loss-cuda.json',
] as const
const cpuOnly = { 'libonnxruntime.so.1': elf() }
let made = 0
const folder = (files: Files) => folderOf(join(root, `f${made++}`), files)
const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const published = [
  { version: '1.30.0', archive: 'a.whl', sha256: { [shared]: sum(provider[shared]), [cuda]: sum(provider[cuda]) } },
]
const known = (binaries: string, change: Partial<System> = {}) => machine(binaries, [], { published, ...change })
const setUp = (binaries: string, options: SetupOptions) => setUpCuda(known(binaries), options)

const metadata = (version: string, name = 'onnxruntime-gpu') =>
  `Metadata-Version: 2.4\nName: ${name}\nVersion: ${version}\n\nVersion: 9.9.9 is not said here\n`
const nuspec = (version: string) =>
  `<?xml version="1.0"?><package><metadata><id>Microsoft.ML.OnnxRuntime.Gpu.Linux</id><version>${version}</version></metadata></package>`

async function zipped(files: Files): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const inCapi = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`onnxruntime/capi/${name}`, content]))

/** A wheel whose name says 1.30.0, whatever it holds. */
async function wheel(libraries: Files, version = '1.30.0', change = (bytes: Buffer) => bytes): Promise<string> {
  const bytes = await zipped({
    ...inCapi(libraries),
    [`onnxruntime_gpu-${version}.dist-info/METADATA`]: metadata(version),
  })
  return join(await folder({ 'onnxruntime_gpu-1.30.0.whl': change(bytes) }), 'onnxruntime_gpu-1.30.0.whl')
}

const other = { ...provider, [cuda]: elf('libcudart.so.13', 'libother.so') }

describe('setup-cuda', () => {
  it('takes what was published from a folder, and then leaves it alone', async () => {
    const binaries = await folder(cpuOnly)
    const from = await folder({ ...inCapi(provider), 'onnxruntime_gpu-1.30.0.dist-info/METADATA': metadata('1.30.0') })
    const lines = await setUp(binaries, { from })
    expect(lines.at(-1)).toContain('version 1.30.0, with the SHA-256 of a.whl')
    expect(readFileSync(join(binaries, cuda))).toEqual(Buffer.from(provider[cuda]))
    expect(JSON.parse(readFileSync(join(binaries, stamp), 'utf8'))).toMatchObject({
      version: '1.30.0',
      published: 'a.whl',
    })
    expect(await setUp(binaries, {})).toEqual([
      'nothing done: the provider is there already (version 1.30.0); --force replaces it',
    ])
    expect(readdirSync(binaries).sort()).toEqual([cuda, shared, 'libonnxruntime.so.1', stamp].sort())
  })

  it('takes it from a wheel and from a NuGet package', async () => {
    const nupkg = await zipped({
      'Microsoft.ML.OnnxRuntime.Gpu.Linux.nuspec': nuspec('1.30.0'),
      ...Object.fromEntries(Object.entries(provider).map(([n, b]) => [`runtimes/linux-x64/native/${n}`, b])),
    })
    for (const from of [await wheel(provider), join(await folder({ 'a.nupkg': nupkg }), 'a.nupkg')]) {
      const binaries = await folder(cpuOnly)
      expect(await setUp(binaries, { from })).toHaveLength(3)
      expect(existsSync(join(binaries, stamp))).toBe(true)
    }
  })

  it('takes what is not known to be published only on trust, and says so ever after', async () => {
    const binaries = await folder(cpuOnly)
    const from = await wheel(other)
    const refused = setUp(binaries, { from, force: true })
    await expect(refused).rejects.toThrow(`is none of those known to be published (${sum(other[cuda])})`)
    await expect(refused).rejects.toThrow('or --trust if you trust where this is from')
    expect(readdirSync(binaries)).toEqual(['libonnxruntime.so.1'])
    expect((await setUp(binaries, { from, trust: true })).at(-1)).toContain('version 1.30.0, taken on trust')
    const [found] = examine(known(binaries)).filter(({ subject }) => subject === 'cuda')
    expect(found?.what).toContain('version 1.30.0, built for CUDA 13, put there by setup-cuda on trust')
  })

  it('looks in the same way at what the install script fetched, before it is in place', async () => {
    const binaries = await folder({ ...cpuOnly, 'script/install.js': '' })
    const install = (files: Files) => (staging: string) => {
      expect(existsSync(join(staging, 'script', 'install.js'))).toBe(true)
      for (const [name, bytes] of Object.entries(files))
        writeFileSync(join(staging, 'bin', 'napi-v6', 'linux', 'x64', name), bytes)
      return { status: 0, text: '' }
    }
    await expect(setUp(binaries, { install: install(other) })).rejects.toThrow('known to be published')
    expect(readdirSync(binaries).sort()).toEqual(['libonnxruntime.so.1', 'script'])
    expect((await setUp(binaries, { install: install(provider) })).at(-1)).toContain('with the SHA-256 of a.whl')
  })

  it('asks the install script so that it fetches, also for a project that npx runs in', async () => {
    const { parseInstallFlag } = createRequire(import.meta.url)('onnxruntime-node/script/install-utils.js')
    const say = "require('node:fs').writeFileSync(__dirname + '/../../said', process.env.ONNXRUNTIME_NODE_INSTALL)"
    const binaries = await folder({ ...cpuOnly, 'script/install.js': say })
    const why = 'the install script of onnxruntime-node took it that there is nothing to fetch, and said nothing'
    await expect(setUp(binaries, {})).rejects.toThrow(why)
    vi.stubEnv('ONNXRUNTIME_NODE_INSTALL', readFileSync(join(binaries, 'said'), 'utf8'))
    expect(parseInstallFlag()).toBe(true)
    vi.unstubAllEnvs()
  })

  it('replaces nothing that is not sound, trusted or not', async () => {
    const damaged = (bytes: Buffer) => {
      const at = bytes.indexOf('libcudnn.so.9')
      bytes.write('libcudnn.so.8', at)
      return bytes
    }
    const stored = new yazl.ZipFile()
    for (const [name, bytes] of Object.entries(provider))
      stored.addBuffer(Buffer.from(bytes), name, { compress: false })
    stored.end()
    const chunks: Buffer[] = []
    for await (const chunk of stored.outputStream) chunks.push(chunk as Buffer)
    const crc = join(await folder({ 'crc.zip': damaged(Buffer.concat(chunks)) }), 'crc.zip')
    const sources: [from: string, why: string][] = [
      [await wheel(other, '1.26.0'), 'it is of onnxruntime 1.26.0; the runtime is 1.30.0'],
      [await folder({ ...other, VERSION_NUMBER: '1.26.0' }), 'it is of onnxruntime 1.26.0; the runtime is 1.30.0'],
      [await wheel({ [shared]: '', [cuda]: '' }), `${shared} is no shared library, or damaged`],
      [await wheel({ ...provider, [cuda]: '#!/bin/sh\necho' }), `${cuda} is no shared library, or damaged`],
      [
        await wheel({ ...provider, [cuda]: provider[cuda].subarray(0, -5) }),
        `${cuda} is no shared library, or damaged`,
      ],
      [await wheel({ ...provider, [cuda]: elf('libc.so.6') }), 'needs no libcudart: it is not the CUDA provider'],
      [await wheel({ [shared]: provider[cuda], [cuda]: provider[cuda] }), 'it is another library'],
      [await wheel({ ...provider, [cuda]: provider[cuda].map((b, i) => (i === 18 ? 183 : b)) }), 'another machine'],
      [await wheel({ [cuda]: provider[cuda] }), 'does not hold libonnxruntime_providers_shared.so and'],
      [await folder({}), 'does not hold libonnxruntime_providers_shared.so and'],
      [crc, 'is damaged: its checksum differs'],
      [await wheel(provider, '1.30.0', (bytes) => bytes.subarray(0, -30)), 'no zip archive, or broken'],
    ]
    const binaries = await folder({ ...cpuOnly, ...other })
    for (const [from, why] of sources) {
      const run = setUp(binaries, { from, force: true, trust: true })
      await expect(run, why).rejects.toThrow(why)
      expect(readdirSync(binaries).sort()).toEqual([cuda, shared, 'libonnxruntime.so.1'].sort())
      expect(readFileSync(join(binaries, cuda))).toEqual(Buffer.from(other[cuda]))
    }
  })

  it('refuses a package of another name, two libraries of one name, and what would unpack without end', async () => {
    const binaries = await folder(cpuOnly)
    const archive = async (files: Files) => join(await folder({ 'a.zip': await zipped(files) }), 'a.zip')
    const bomb = (await zipped({ [cuda]: Buffer.alloc(1000), [shared]: '' })).map((byte) => byte)
    // The central directory tells the sizes.
    const entry = Buffer.from(bomb).indexOf('PK\x01\x02')
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(entry + 24, 0xf0000000, true)
    const sources: [from: string, why: RegExp][] = [
      [await archive({ ...provider, 'x.dist-info/METADATA': metadata('1.30.0', 'evil') }), /is the package "evil"/],
      [await archive({ ...provider, [`other/${cuda}`]: 'x' }), /two entries are named/],
      [join(await folder({ 'bomb.zip': bomb }), 'bomb.zip'), /bytes, more than the limit/],
      [await archive({ [shared]: provider[shared], [cuda]: Buffer.alloc(2 ** 22) }), /no shared library/],
    ]
    for (const [from, why] of sources) await expect(setUp(binaries, { from, trust: true })).rejects.toThrow(why)
    expect(readdirSync(binaries)).toEqual(['libonnxruntime.so.1'])
  })

  it.skipIf(process.platform === 'win32')('waits for no pipe, as archive, library or target', async () => {
    const pipe = (path: string) => void spawnSync('mkfifo', [path])
    const binaries = await folder(cpuOnly)
    const archive = join(await folder({}), 'a.whl')
    pipe(archive)
    await expect(setUp(binaries, { from: archive })).rejects.toThrow('no regular file')
    const from = await folder({ [shared]: provider[shared] })
    pipe(join(from, cuda))
    await expect(setUp(binaries, { from })).rejects.toThrow('no regular file')
    pipe(join(binaries, cuda))
    await expect(setUp(binaries, { from: await folder(provider) })).rejects.toThrow('no regular file')
    rmSync(join(binaries, cuda))
    mkdirSync(join(binaries, cuda))
    await expect(setUp(binaries, { from: await folder(provider) })).rejects.toThrow('this is a folder')
    expect(readdirSync(binaries).sort()).toEqual([cuda, 'libonnxruntime.so.1'].sort())
  })

  it('repairs what was cut off or changed, without --force', async () => {
    const from = await folder(provider)
    for (const files of [
      { '.yolo-loss-incomplete': '' },
      { [stamp]: 'cut' },
      { [cuda]: 'half' },
      { [cuda]: other[cuda] },
    ]) {
      const binaries = await folder({ ...cpuOnly, ...provider, ...files })
      expect(await setUp(binaries, { from })).toHaveLength(3)
      expect(await setUp(binaries, {})).toEqual([expect.stringContaining('nothing done')])
      expect(readdirSync(binaries).sort()).toEqual([cuda, shared, 'libonnxruntime.so.1', stamp].sort())
    }
  })

  it('leaves libraries that were laid there by hand in place and notes them, if they are as published', async () => {
    const binaries = await folder({ ...cpuOnly, ...provider })
    expect(await setUp(binaries, {})).toEqual([expect.stringMatching(/there already, as published in a\.whl/)])
    const [found] = examine(known(binaries)).filter(({ subject }) => subject === 'cuda')
    expect(found).toMatchObject({ state: 'ok', what: expect.stringContaining('as published in a.whl') })
  })

  it('says why the feed gave nothing, what to do without network, and leaves what was there', async () => {
    const binaries = await folder({ ...cpuOnly, ...other })
    const install = () => ({ status: 1, text: 'Downloading…\nError: getaddrinfo ENOTFOUND feed\n' })
    const run = setUp(binaries, { install })
    await expect(run).rejects.toThrow('could not be fetched: Error: getaddrinfo ENOTFOUND feed')
    await expect(run).rejects.toThrow('pip download --no-deps onnxruntime-gpu==1.30.0; then --from that wheel')
    expect(readdirSync(binaries).sort()).toEqual([cuda, shared, 'libonnxruntime.so.1'].sort())
  })

  it.each([
    [
      'a script that fetches nothing and calls it a success',
      0,
      'CUDA is not asked for\n',
      'nothing to fetch, and said: CUDA is not asked for',
    ],
    ['a script that fails without a word', 3, '', 'failed (exit code 3), and said nothing'],
    ['a script that was ended', null, 'Downloading…\n', 'ended by a signal, and said: Downloading…'],
  ])('tells of %s', async (_, status, text, why) => {
    const run = setUp(await folder(cpuOnly), { install: () => ({ status, text }) })
    await expect(run).rejects.toThrow(why)
    await expect(run).rejects.not.toThrow('ended with 0')
  })

  it('tells of a path that is none, as a command', async () => {
    const { code, stderr } = await yoloLoss(['setup-cuda', '--from', join(root, 'nowhere')])
    expect([code, stderr]).toEqual([4, expect.stringContaining('there is no such file or folder')])
  })
})
