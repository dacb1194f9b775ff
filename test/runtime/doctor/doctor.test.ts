import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { examine } from '../../../src/runtime/doctor/check.js'
import { libraryAt } from '../../../src/runtime/doctor/elf.js'
import { yoloLoss } from '../../support/cli.js'
import { scratch } from '../../verify/cases.js'
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
    expect(libraryAt(join(dir, 'a'))).toEqual({ machine: 62, needed: ['libx.so.1', 'liby.so.2'] })
    expect(libraryAt(join(dir, 'b'))).toBeUndefined()
    expect(libraryAt(join(dir, 'c'))).toBeUndefined()
    expect(libraryAt(process.execPath)?.needed.join(' ') ?? '').toMatch(/libc\.so|libSystem|^$/)
  })
})

describe('the doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const findings = examine(machine(await folder({ ...cpuOnly, ...provider }), [libraries]))
    expect(findings.filter((f) => f.state === 'problem')).toEqual([])
    expect(about('cuda', findings).map((f) => f.what)).toEqual([
      'provider found, version not told, built for CUDA 13, not put there by setup-cuda, but by the install script of ' +
        'onnxruntime-node or by hand: its SHA-256 is not known',
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
      'yolo-loss setup-cuda',
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
      'yolo-loss setup-cuda',
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

  it.each<[string, Record<string, Uint8Array | string>, string]>([
    ['a setup that was cut off', { '.yolo-loss-incomplete': '' }, 'setup-cuda was cut off'],
    ['a stamp of other libraries', { 'yolo-loss-cuda.json': '{"version":"1.30.0","sha256":{}}' }, 'not those that'],
    ['a stamp that is none', { 'yolo-loss-cuda.json': 'null' }, 'not those that'],
    [
      'a library of another machine',
      { 'libonnxruntime_providers_cuda.so': elf('libcudart.so.13').map((byte, i) => (i === 18 ? 183 : byte)) },
      'is for another machine than x86-64 (ELF number 183)',
    ],
  ])('takes no provider for sound with %s', async (_, files, what) => {
    const dir = await folder({ ...cpuOnly, ...provider, ...files })
    const problems = about('cuda', examine(machine(dir, [libraries]))).filter((f) => f.state === 'problem')
    expect(problems).toMatchObject([{ what: expect.stringContaining(what), remedy: 'yolo-loss setup-cuda' }])
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
    expect(about('leftovers', findings)).toMatchObject([
      {
        state: 'problem',
        what: expect.stringContaining('has left ".yolo-loss-0123456789abcdef.tmp", ".yolo-loss-incomplete" in'),
        remedy: expect.stringMatching(/^write that output again, then rm -r .*\.yolo-loss-\* /),
      },
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
