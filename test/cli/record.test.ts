import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configOf, fixtures, graphBytes, readFixture } from '../support/cases.js'
import { yoloLoss } from '../support/cli.js'
import { plant } from '../support/faults.js'
import { scratch } from '../verify/cases.js'

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
      const { code } = await yoloLoss(['record', file, '--inputs', inputs, '-o', dir, '--layerwise'])
      expect(code).toBe(0)
    }
    const { code, stdout } = await yoloLoss(['diff', a, b])
    expect(stdout).toContain('first divergence: objects/wh/Sub (Sub)')
    expect(stdout).toContain('it could not be run alone')
    expect(code).toBe(1)
    expect((await yoloLoss(['diff', a, a])).code).toBe(0)
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
})
