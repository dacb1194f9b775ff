import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixtures } from '../support/cases.js'
import { yoloLossHere } from '../support/cli.js'

const dir = join(fixtures, 'semantics', 'ultralytics-v3')
const graph = join(dir, 'model.onnx')

describe('the graph of another implementation', () => {
  it('is shown on no page', async () => {
    const { code, stderr } = await yoloLossHere(['view', dir, '-o', 'never.html'])
    expect(stderr).toContain('"semantics" is ultralytics-v3, and pages show the loss of keras-yolo3 alone')
    expect(code).toBe(2)
  })

  it('is inspected without an estimate of memory, which was measured of others', async () => {
    const { code, stdout } = await yoloLossHere(['inspect', graph])
    expect([code, stdout.includes('memory of the loss')]).toEqual([0, false])
    const json = await yoloLossHere(['inspect', graph, '--json'])
    expect(JSON.parse(json.stdout).memory).toBe(null)
  })

  it('is evaluated without what keras-yolo3 prints, whose sum has no term box', async () => {
    const { code, stdout } = await yoloLossHere(['eval', graph, dir])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^loss = \d/)
    expect(stdout).toContain('box_0 = ')
  })
})
