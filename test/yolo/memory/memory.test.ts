import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { estimateMemory } from '../../../src/yolo/memory.js'
import type { MemoryCase } from './measure.js'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const script = fileURLToPath(new URL('measure.ts', import.meta.url))

/** In a process of its own: what a process has ever held does not fall again. */
async function measured(test: MemoryCase): Promise<number> {
  const args = ['--expose-gc', '--import', tsx, script, JSON.stringify(test)]
  return Number((await promisify(execFile)(process.execPath, args)).stdout)
}

const input = [416, 416] as const
const coco = { preset: 'yolov3-coco' }
const voc = { preset: 'yolov3-voc' }
const fixed = { form: 'static', batch: 4, input, maxBoxes: 20 }
const static20 = { ...coco, ...fixed }
const labels = 'boxes'

// VmHWM, the most that a process has held, is a figure of Linux.
describe.runIf(process.platform === 'linux')('the memory of a run is estimated within a factor of 2', () => {
  it.each<[string, MemoryCase]>([
    ['compact', { config: coco, batch: 8, input, boxes: 20 }],
    [
      'compact at a low threshold',
      { config: { ...coco, classes: 1, ignoreThreshold: 0.1 }, batch: 8, input: [608, 608], boxes: 50 },
    ],
    [
      'compact with gradients and diagnostics',
      { config: { ...coco, gradients: true, diagnostics: true }, batch: 4, input, boxes: 20 },
    ],
    ['loop', { config: { ...coco, form: 'loop' }, batch: 4, input, boxes: 20 }],
    [
      'static with gradients, channels first',
      { config: { ...static20, gradients: true, layout: 'nchw' }, batch: 4, input, boxes: 20 },
    ],
    ['compact from boxes', { config: { ...coco, labels }, batch: 8, input, boxes: 20 }],
    ['compact from boxes of 20 classes', { config: { ...voc, labels }, batch: 8, input, boxes: 20 }],
    [
      'compact from boxes with diagnostics',
      { config: { ...coco, labels, diagnostics: true }, batch: 4, input, boxes: 20 },
    ],
    ['static from boxes', { config: { ...static20, labels }, batch: 4, input, boxes: 20 }],
    ['static from boxes of 20 classes', { config: { ...voc, ...fixed, labels }, batch: 4, input, boxes: 20 }],
    [
      'static from more rows of boxes than cells',
      {
        config: { ...voc, ...fixed, input: [64, 64], maxBoxes: 800, labels },
        ...{ batch: 4, input: [64, 64], boxes: 20 },
      },
    ],
    ['loop from boxes', { config: { ...coco, form: 'loop', labels }, batch: 4, input, boxes: 20 }],
    ['targets', { config: { ...coco, graph: 'targets', input }, batch: 8, input, boxes: 20 }],
  ])('%s', async (_, test) => {
    const { inputs, work } = estimateMemory(resolveConfig(test.config), test)
    const ratio = (inputs + work) / (await measured(test))
    expect(ratio).toBeGreaterThan(1 / 2)
    expect(ratio).toBeLessThan(2)
  })
})
