import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sumBytes } from '../runtime/models.js'
import { fixtures, graphBytes } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const graph = join(root, 'loss.onnx')
await writeFile(graph, graphBytes({ preset: 'yolov3-tiny-voc', components: true }))

describe('inspect', () => {
  it('shows inputs, outputs, configuration, operators and memory of a graph', async () => {
    const { code, stdout, stderr } = await yoloLoss([
      'inspect',
      graph,
      '--batch',
      '4',
      '--input',
      '320x608',
      '--boxes-per-image',
      '7',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const line of [
      'opset ai.onnx 17, IR 8,',
      '  y_pred_1 float32[B,h1,w1,75]',
      '  positives_1 float32[]',
      '  classes = 20  (metadata)',
      '  anchorMask = [[3,4,5],[1,2,3]]  (metadata)',
      'memory of the loss, about (batch 4, 320×608, 7 boxes an image):',
    ])
      expect(stdout).toContain(line)
    expect(stdout).toMatch(/^ {2}(?:[A-Z]\w+ \d+, ){5}/m)
  })

  it('shows where the values of a graph that is not exported yet come from', async () => {
    const file = join(root, 'net.cfg')
    await writeFile(
      file,
      '[net]\nheight=96\nwidth=64\n[yolo]\nmask=0,1,2\nanchors=1,2,3,4,5,6\nnum=3\nclasses=4\nignore_thresh=.7\n',
    )
    const { stdout } = await yoloLoss([
      'inspect',
      '--config',
      file,
      '--ignore-thresh',
      '0.6',
      '--form',
      'static',
      '--batch',
      '2',
    ])
    for (const line of [
      `  classes = 4  (${file})`,
      '  ignoreThreshold = 0.6  (--ignore-thresh)',
      `  input = [96,64]  (${file})`,
      '  layout = "nhwc"  (default)',
      '  y_pred_0 float32[2,3,2,27]',
    ])
      expect(stdout).toContain(line)
  })

  it('prints the text form, the same that export writes', async () => {
    const run = await yoloLoss(['inspect', graph, '--text'])
    const out = join(root, 'again.onnx')
    await yoloLoss(['export', '--preset', 'yolov3-tiny-voc', '--components', '--text', '-o', out])
    expect(run.stdout).toBe(await readFile(join(root, 'again.txt'), 'utf8'))
  })

  it('of a model that is no loss says one line, and with --all the rest', async () => {
    const other = join(root, 'no-loss.onnx')
    await writeFile(other, sumBytes)
    const { code, stdout } = await yoloLoss(['inspect', other])
    expect([code, stdout.split('\n').length]).toEqual([0, 2])
    expect(stdout).toMatch(
      /no-loss\.onnx: no loss of this library, .* 1 node, 2 inputs, 1 output \(--all lists them\)\n$/,
    )
    expect((await yoloLoss(['inspect', other, '-a'])).stdout.split('\n').length).toBeGreaterThan(10)
  })

  it('gives JSON, and shows graphs of others without a configuration', async () => {
    const { stdout } = await yoloLoss(['inspect', graph, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      config: { classes: 20 },
      origins: { classes: 'metadata' },
      opsets: { '': 17 },
      memory: { batch: 1, input: [416, 416], boxes: 20 },
    })
    const other = join(root, 'sum.onnx')
    await writeFile(other, sumBytes)
    expect((await yoloLoss(['inspect', other, '--all'])).stdout).toContain('no graph of this library')
    expect((await yoloLoss(['inspect', other, '--text'])).stdout).toBe('y = Add(x, w)\n')
    expect(JSON.parse((await yoloLoss(['inspect', other, '--json'])).stdout)).toMatchObject({
      config: null,
      memory: null,
    })
  })

  it.each<[string, string[], number, string]>([
    ['a configuration beside a graph', [graph, '--classes', '3'], 2, '"classes" is given beside a graph'],
    ['the old name of a flag', [graph, '--boxes', '7'], 2, 'called --boxes-per-image now'],
    ['neither graph nor configuration', [], 2, '"preset" is missing'],
    ['a folder', [fixtures], 3, 'this is a folder'],
    ['what is no graph', [join(fixtures, 'zero-size', 'case.json')], 3, 'case.json: '],
  ])('refuses %s', async (_, args, code, message) => {
    const run = await yoloLoss(['inspect', ...args])
    expect(run.stderr).toContain(message)
    expect(run).toMatchObject({ code, stdout: '' })
  })
})
