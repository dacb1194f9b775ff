import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { model, node, sum } from '../runtime/models.js'
import { configOf, fixtures, graphBytes, readFixture } from '../support/cases.js'
import { yoloLoss, yoloLossHere } from '../support/cli.js'
import { plant } from '../support/faults.js'
import { scratch, writeSum } from '../verify/cases.js'

const root = await scratch()
const inputs = join(fixtures, 'cross-image')
const config = { ...configOf(await readFixture('cross-image')), components: true, masks: true }
const graph = join(root, 'loss.onnx')
await writeFile(graph, graphBytes(config))
const faulty = join(root, 'faulty.onnx')
await writeFile(faulty, plant(graphBytes(config), 'objects/wh/Sub', 'swapped operands') as Uint8Array)

describe('yolo-loss record', () => {
  it('keeps a run as a case with its provenance, which verify then passes', async () => {
    const dir = join(root, 'kept')
    const { code, stderr } = await yoloLoss(['record', graph, '--inputs', inputs, '-o', dir])
    expect([code, stderr]).toEqual([0, `wrote ${dir} (22 outputs of loss.onnx on cpu)\n`])
    const { provenance } = JSON.parse(await readFile(join(dir, 'case.json'), 'utf8'))
    expect(provenance).toMatchObject({ provider: 'cpu', optimization: 'all', model: { file: 'loss.onnx' } })
    expect(provenance.runtime).toMatch(/^onnxruntime-node \d/)
    expect(provenance.model.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(provenance.nodes.CPUExecutionProvider).toBeGreaterThan(250)
    expect(await yoloLoss(['verify', dir])).toMatchObject({ code: 0 })
  })

  it('keeps every value on request, and two such folders show where two runs part', async () => {
    const [a, b] = [join(root, 'a'), join(root, 'b')]
    for (const [file, dir] of [
      [graph, a],
      [faulty, b],
    ] as const) {
      const { code, stderr } = await yoloLoss(['record', file, '--inputs', inputs, '-o', dir, '--layerwise'])
      expect([code, stderr]).toEqual([0, expect.stringContaining('verified: a second run gives the same')])
    }
    const { code, stdout } = await yoloLoss(['diff', a, b])
    expect(stdout).toContain('first divergence: objects/wh/Sub (Sub)')
    expect(stdout).toContain('it could not be run alone')
    expect(code).toBe(1)
    expect((await yoloLoss(['diff', a, a])).code).toBe(0)
  })
})

describe('record --layerwise', () => {
  const options = ['--data', inputs, '--layerwise', '--json', '-q']
  // A value of its own at every run, which no recording can be compared with.
  const noisy = model({ ...sum().body, nodes: [...sum().body.nodes, node('RandomUniformLike', ['x'], 'noise')] })

  it('verifies itself, also where values inside the graph are NaN', async () => {
    const nan = join(fixtures, 'zero-size')
    const dir = join(root, 'nan')
    const run = await yoloLossHere(['record', join(nan, 'model.onnx'), ...options.with(1, nan), '-o', dir])
    expect([run.code, run.stderr, JSON.parse(run.stdout)]).toMatchObject([0, '', { folder: dir, differing: [] }])
    expect(await yoloLossHere(['verify', dir, '-q'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ passed, 0 failed\n$/),
    })
  })

  it('ends with 1 and names what does not repeat itself', async () => {
    const dir = await writeSum(root, 'noisy')
    await writeFile(join(root, 'noisy.onnx'), encodeModel(noisy))
    const run = await yoloLossHere([
      'record',
      join(root, 'noisy.onnx'),
      ...options.with(1, dir),
      '-o',
      join(root, 'unsteady'),
    ])
    expect([run.code, JSON.parse(run.stdout).differing]).toEqual([1, ['noise']])
  })
})

describe('yolo-loss diff', () => {
  it('names the first node, says that it persists, and writes a case of that node alone', async () => {
    const repro = join(root, 'repro')
    const { code, stdout } = await yoloLoss(['diff', graph, faulty, '--case', inputs, '--repro', repro])
    expect(code).toBe(1)
    expect(stdout).toContain('first divergence: objects/wh/Sub (Sub)')
    expect(stdout).toMatch(/it reads \(.*\) where the other graph reads \(/)
    const failing = await yoloLoss(['verify', repro])
    expect(failing.stdout).toContain('FAIL repro, objects/wh/Sub on cpu')
    expect(failing.code).toBe(1)
  })

  it('finds nothing between equal graphs, with inputs of a fixture made for them', async () => {
    const { code, stdout } = await yoloLoss(['diff', graph, graph, '--fixtures', fixtures])
    expect(stdout).toMatch(/values compared, 0 differ\n$/)
    expect(code).toBe(0)
  })

  it('asks for data where no folder of cases was named, and none is there', async () => {
    const { code, stderr } = await yoloLoss(['diff', graph, graph], { cwd: root })
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('loss.onnx: no inputs are named, and none are beside it'),
    ])
    expect(stderr).toContain('give --data FILE.npz, or --data CASE')
    const named = await yoloLoss(['diff', graph, graph, '--fixtures', 'mine'], { cwd: root })
    expect([named.code, named.stderr]).toEqual([3, expect.stringContaining('mine: there is no such file')])
  })
})
