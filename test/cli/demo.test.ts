import { readdirSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { decodeNpz, type Tensor } from '../../src/io/index.js'
import { schemaVersion } from '../../src/verify/report/json.js'
import { readFixture } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const kept = join(root, 'kept')

const isEqual = (a: Tensor, b: Tensor): boolean =>
  a.shape.join() === b.shape.join() &&
  Buffer.from(a.data.buffer, a.data.byteOffset, a.data.byteLength).equals(
    Buffer.from(b.data.buffer, b.data.byteOffset, b.data.byteLength),
  )

describe('demo', () => {
  it('shows the loss of real boxes, term by term, verified on them and on hard cases', async () => {
    const { code, stdout, stderr } = await yoloLoss(['demo', '-o', kept])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('63 real boxes in 2 images of COCO')
    expect(stdout).toContain(`$ yolo-loss eval ${kept}/loss.onnx ${kept}/batch.npz\nloss: [36.94668][4.881261]`)
    expect(stdout.match(/^\d+ passed, 0 failed$/gm)).toEqual(['19 passed, 0 failed', '114 passed, 0 failed'])
  })

  it('gives a report of each command with --json', async () => {
    const { code, stdout } = await yoloLoss(['demo', '--json'])
    const reports = stdout.split(/(?<=^\})\n(?=\{)/m).map((text) => JSON.parse(text))
    expect([code, reports.map((report) => report.schemaVersion)]).toEqual([0, [1, schemaVersion, schemaVersion]])
  })

  it('keeps the graph, and the batch of the fixture from the same boxes', async () => {
    expect(readdirSync(kept).sort()).toEqual(['batch.npz', 'loss.onnx'])
    const arrays = await decodeNpz(await readFile(join(kept, 'batch.npz')), 'batch.npz')
    const inputs = (await readFixture('real-coco')).dataSets[0]?.inputs ?? []
    expect([...arrays.keys()].sort()).toEqual(inputs.map(({ name }) => name).sort())
    for (const { name, tensor } of inputs)
      expect([name, isEqual(arrays.get(name) as Tensor, tensor as Tensor)]).toEqual([name, true])
  })

  it('keeps them in a folder whose name begins with a dash too', async () => {
    const before = process.cwd()
    process.chdir(root)
    const { code } = await yoloLoss(['demo', '-q', '--output=-kept'])
    process.chdir(before)
    expect([code, readdirSync(join(root, '-kept')).length]).toEqual([0, 2])
  })

  it('leaves nothing where no folder is named, and with -q shows results alone', async () => {
    const tmp = join(root, 'tmp')
    await mkdir(tmp)
    vi.stubEnv('TMPDIR', tmp)
    const { code, stdout } = await yoloLoss(['demo', '-q'])
    vi.unstubAllEnvs()
    expect([code, readdirSync(tmp)]).toEqual([0, []])
    expect(stdout).toContain('loss = 527.884\n')
    expect(stdout).not.toMatch(/^[$#]/m)
  })
})
