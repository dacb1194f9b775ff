import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import yazl from 'yazl'
import { examine } from '../../src/doctor/check.js'
import { neededBy } from '../../src/doctor/elf.js'
import { setUpCuda } from '../../src/doctor/setup.js'
import { unzipNamed } from '../../src/io/arrays/unzip.js'
import { yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'
import { elf, folderOf, machine, provider } from './machine.js'

const root = await scratch()
const all = ['libcudart.so.13', 'libcudnn.so.9', 'libcuda.so.1', 'libc.so.6', 'libvulkan.so.1']
const libraries = await folderOf(join(root, 'lib'), Object.fromEntries(all.map((name) => [name, elf()])))
const cpuOnly = { 'libonnxruntime.so.1': elf() }
let made = 0
const folder = (files: Record<string, Uint8Array | string>) => folderOf(join(root, `f${made++}`), files)
const about = (subject: string, findings: ReturnType<typeof examine>) => findings.filter((f) => f.subject === subject)

describe('the libraries a library needs', () => {
  it('are read from its dynamic section', async () => {
    const dir = await folder({ a: elf('libx.so.1', 'liby.so.2'), b: 'no library', c: elf('x').subarray(0, 100) })
    expect(neededBy(join(dir, 'a'))).toEqual(['libx.so.1', 'liby.so.2'])
    expect(neededBy(join(dir, 'b'))).toBeUndefined()
    expect(neededBy(join(dir, 'c'))).toBeUndefined()
    expect(neededBy(process.execPath)?.join(' ')).toMatch(/libc\.so|libSystem|^$/)
  })
})

describe('the doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const findings = examine(machine(await folder({ ...cpuOnly, ...provider }), [libraries]))
    expect(findings.filter((f) => f.state === 'problem')).toEqual([])
    expect(about('cuda', findings).map((f) => f.what)).toEqual([
      'provider found, version not told, built for CUDA 13',
      'driver 580.65.06',
      'GPU NVIDIA H200, 143771 MiB',
    ])
  })

  it.each<[string, Record<string, Uint8Array | string>, string[], object, string, string]>([
    ['no library', cpuOnly, all, {}, 'libonnxruntime_providers_cuda.so not found beside', 'yolo-loss setup-cuda'],
    [
      'a library of another version',
      { ...cpuOnly, ...provider, VERSION_NUMBER: '1.26.0' },
      all,
      {},
      'the provider is of onnxruntime 1.26.0, the runtime of 1.30.0',
      'yolo-loss setup-cuda --force',
    ],
    [
      'no cuDNN',
      { ...cpuOnly, ...provider },
      all.filter((n) => !n.startsWith('libcudnn')),
      {},
      'libcudnn.so.9, which libonnxruntime_providers_cuda.so needs, is missing',
      'apt-get install cudnn9-cuda-13',
    ],
    [
      'no CUDA',
      { ...cpuOnly, ...provider },
      all.filter((n) => !n.startsWith('libcudart')),
      {},
      'libcudart.so.13, which',
      'apt-get install cuda-libraries-13-0',
    ],
    [
      'a library without a driver',
      { ...cpuOnly, ...provider },
      all.filter((n) => n !== 'libcuda.so.1'),
      { driver: undefined, gpus: [] },
      'no NVIDIA driver is loaded',
      'apt-get install nvidia-driver',
    ],
    ['a driver without a GPU', { ...cpuOnly, ...provider }, all, { gpus: [] }, 'shows no GPU', 'nvidia-smi'],
    [
      'a damaged library',
      { ...cpuOnly, ...provider, 'libonnxruntime_providers_cuda.so': 'x' },
      all,
      {},
      'libonnxruntime_providers_cuda.so is no shared library, or damaged',
      'yolo-loss setup-cuda --force',
    ],
    [
      'another system',
      cpuOnly,
      all,
      { platform: 'darwin', arch: 'arm64' },
      'no CUDA provider for darwin arm64',
      '--ep cpu',
    ],
    [
      'no runtime',
      cpuOnly,
      all,
      { runtime: undefined },
      'onnxruntime-node is not installed',
      'npm install onnxruntime-node',
    ],
  ])('names %s and what mends it', async (_, files, present, change, what, remedy) => {
    const dir = await folder(files)
    const libs = await folder(Object.fromEntries(present.map((name) => [name, elf()])))
    const problems = about('cuda', examine(machine(dir, [libs], change))).filter((f) => f.state === 'problem')
    const found = problems.find((f) => f.what.includes(what))
    expect(problems.map((f) => f.what).join('\n')).toContain(what)
    expect(found?.remedy).toContain(remedy)
  })

  it('names an old Node, a missing Vulkan and a missing runtime library', async () => {
    const findings = examine(machine(await folder({}), [], { node: '18.20.0' }))
    expect(findings.filter((f) => f.state === 'problem').map((f) => [f.subject, f.what])).toEqual(
      expect.arrayContaining([
        ['node', 'Node 18.20.0 is older than 20.19'],
        ['cpu', 'libonnxruntime.so.1 is missing'],
        ['webgpu', 'libvulkan.so.1 is missing'],
      ]),
    )
  })

  it('names what commands that were cut off have left in the current folder', async () => {
    const left = { '.yolo-loss-incomplete': '', '.yolo-loss-0123456789abcdef.tmp': '', 'mine.tmp': '' }
    const findings = examine(machine(await folder(cpuOnly), [], { folder: await folder(left) }))
    expect(about('current folder', findings).map((f) => [f.state, f.what, f.remedy])).toEqual([
      ['problem', expect.stringContaining('.yolo-loss-0123456789abcdef.tmp'), expect.stringMatching(/^rm .*\.tmp /)],
      ['problem', expect.stringContaining('.yolo-loss-incomplete'), expect.stringMatching(/^rm .*-incomplete /)],
    ])
  })

  it('as a command tells of this machine, and ends with 4 only for what must work', async () => {
    const { code, stdout } = await yoloLoss(['doctor', '--json'])
    const report = JSON.parse(stdout)
    expect([code, report.ok]).toEqual([0, true])
    expect(report.findings).toContainEqual({ subject: 'cpu', state: 'ok', what: 'runs a test graph' })
    const cuda = await yoloLoss(['doctor', '--ep', 'cpu,cuda'])
    const broken = report.findings.some(
      (f: { subject: string; state: string }) => f.subject === 'cuda' && f.state !== 'ok',
    )
    expect(cuda.code).toBe(broken ? 4 : 0)
    if (broken) expect(cuda.stdout).toMatch(/PROBLEM {2}cuda: .*\n +mend it: /)
  })
})

const unpack = unzipNamed

describe('setup-cuda', () => {
  it('takes the libraries from a folder of the right version, and then leaves them alone', async () => {
    const binaries = await folder(cpuOnly)
    const from = await folder({ ...provider, VERSION_NUMBER: '1.30.0' })
    const lines = await setUpCuda(machine(binaries, []), { from, unpack })
    expect(lines.at(-1)).toBe('version 1.30.0, as the runtime wants it')
    expect(await readFile(join(binaries, 'libonnxruntime_providers_cuda.so'))).toEqual(
      Buffer.from(provider['libonnxruntime_providers_cuda.so']),
    )
    expect(await setUpCuda(machine(binaries, []), { from, unpack })).toEqual([
      'nothing done: the provider is there already (version 1.30.0); --force replaces it',
    ])
  })

  it('takes them from a wheel', async () => {
    const wheel = join(root, 'onnxruntime_gpu-1.30.0-cp312-cp312-linux_x86_64.whl')
    const zip = new yazl.ZipFile()
    for (const [name, bytes] of Object.entries(provider)) zip.addBuffer(Buffer.from(bytes), `onnxruntime/capi/${name}`)
    zip.end()
    const chunks: Buffer[] = []
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
    await folderOf(root, { 'onnxruntime_gpu-1.30.0-cp312-cp312-linux_x86_64.whl': Buffer.concat(chunks) })
    const binaries = await folder(cpuOnly)
    expect(await setUpCuda(machine(binaries, []), { from: wheel, unpack })).toHaveLength(3)
    expect(existsSync(join(binaries, 'libonnxruntime_providers_shared.so'))).toBe(true)
  })

  it.each<[string, Record<string, Uint8Array | string>, string]>([
    [
      'another version',
      { ...provider, VERSION_NUMBER: '1.26.0' },
      'it is of onnxruntime 1.26.0; the runtime is 1.30.0',
    ],
    ['no version at all', provider, 'nothing tells its version; the runtime is 1.30.0'],
    ['no libraries', {}, 'does not hold libonnxruntime_providers_shared.so and'],
  ])('refuses a folder with %s, and changes nothing', async (_, files, message) => {
    const binaries = await folder(cpuOnly)
    const run = setUpCuda(machine(binaries, []), { from: await folder(files), unpack })
    await expect(run).rejects.toMatchObject({ exitCode: 4, code: 'E_SETUP' })
    await expect(run).rejects.toThrow(message)
    expect(existsSync(join(binaries, 'libonnxruntime_providers_cuda.so'))).toBe(false)
  })

  it('says why the feed gave nothing, and what to do without network', async () => {
    const binaries = await folder(cpuOnly)
    const install = () => ({ status: 1, text: 'Downloading…\nError: getaddrinfo ENOTFOUND feed\n' })
    const run = setUpCuda(machine(binaries, []), { unpack, install })
    await expect(run).rejects.toThrow('could not be fetched: Error: getaddrinfo ENOTFOUND feed')
    await expect(run).rejects.toThrow('pip download --no-deps onnxruntime-gpu==1.30.0; then --from that wheel')
  })

  it('is done when the official script is', async () => {
    const binaries = await folder(cpuOnly)
    const install = () => ({ status: 0, text: '' })
    await folderOf(binaries, provider)
    const lines = await setUpCuda(machine(binaries, []), { unpack, install, force: true })
    expect(lines[0]).toContain('with the install script of onnxruntime-node 1.30.0')
  })

  it('refuses a file that is no archive, as a command', async () => {
    const file = join(root, 'onnxruntime_gpu-1.30.0.whl')
    await folderOf(root, { 'onnxruntime_gpu-1.30.0.whl': 'no archive' })
    await expect(setUpCuda(machine(await folder(cpuOnly), []), { from: file, unpack })).rejects.toThrow(
      'no zip archive',
    )
    const { code, stderr } = await yoloLoss(['setup-cuda', '--from', join(root, 'nowhere')])
    expect([code, stderr]).toEqual([4, expect.stringContaining('there is no such file or folder')])
  })
})
