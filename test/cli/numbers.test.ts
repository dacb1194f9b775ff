import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { yoloLossHere as here } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const boxes = join(root, 'boxes.txt')
const preset = ['--preset', 'yolov3-tiny-voc']
await writeFile(boxes, 'a.jpg 10,20,60,50,1\n')

/** Each command with what it needs. Where that runs a model it is missing: what is kept gets no further. */
const commands: Readonly<Record<string, readonly string[]>> = {
  export: [...preset, '-o', join(root, 'loss.onnx')],
  inspect: preset,
  targets: [boxes, '--preset', 'yolov3-voc', '--input', '64x64', '--fit', 'none', '-o', join(root, 'labels.npz')],
  attach: ['none.onnx', ...preset, '-o', join(root, 'attached.onnx')],
  replace: ['none.onnx', ...preset, '-o', join(root, 'replaced.onnx')],
  eval: ['none.onnx', 'none.npz'],
  verify: ['none.onnx'],
  diff: ['none.onnx', 'none.onnx', '--data', 'none.npz'],
  record: ['none.onnx', '--inputs', 'none.npz', '-o', join(root, 'recorded')],
}

/** What takes numbers, by the placeholder of the help: how one is written. */
const written: Readonly<Record<string, (number: string) => string>> = {
  n: (x) => x,
  x: (x) => x,
  seconds: (x) => x,
  MiB: (x) => x,
  HxW: (x) => `${x}x${x}`,
  value: (x) => x,
  '[output:]value': (x) => x,
}
const lists: Readonly<Record<string, (number: string) => string>> = {
  '--weights': (x) => `xy=${x}`,
  '--anchors': (x) => `${x},${x} 1,2 3,4 5,6 7,8 9,9`,
  '--anchor-mask': (x) => `${x},4,5/1,2,3`,
  '--grids': (x) => `${x}x${x},26x26`,
}

const numbers = [
  '2147483648',
  '9007199254740992',
  '1e308',
  '-0',
  '0.5',
  '1e-320',
  '0x10',
  '1_000',
  ' 5 ',
  '9'.repeat(400),
]

/** Options of a command that take numbers, as its help has them. */
async function numeric(command: string) {
  const { stdout } = await here([command, '--help'])
  return [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+) <([^>]+)>/gm)].flatMap(([, flag = '', takes = '']) => {
    const spell = lists[flag] ?? written[takes]
    return spell ? [{ flag, spell }] : []
  })
}

describe('an odd number', () => {
  it.each(Object.keys(commands))('is kept or refused by %s', async (command) => {
    const options = await numeric(command)
    expect(options.length).toBeGreaterThan(1)
    for (const { flag, spell } of options)
      for (const number of numbers) {
        const asked = `${flag}=${spell(number)}`
        const { code, stderr } = await here([command, ...(commands[command] as string[]), asked])
        expect([asked, [0, 2, 3].includes(code as number), /internal error|Warning/.exec(stderr)]).toEqual([
          asked,
          true,
          null,
        ])
      }
  })

  it.each([
    ['eval', '--timeout', '2147484', '"2147484" is no number from 0.001 to 2147483'],
    ['eval', '--timeout', '1e-320', '"1e-320" is no number from 0.001 to 2147483'],
    ['diff', '--memory', '1e308', '"1e308" is no number from 128 to 16777216'],
    ['record', '--memory', '16', '"16" is no number from 128 to 16777216'],
    ['eval', '--max-unpacked', '1e308', '"1e308" is no number from'],
    ['verify', '--device-id', '2147483648', '"2147483648" is no whole number from 0 to 2147483647'],
    ['verify', '--opset', 'x', '"x" is no number'],
    ['export', '--weights', 'xy=1e308', '"weights" must be a finite number for each of xy, wh, conf, class, got'],
    [
      'export',
      '--ignore-thresh',
      '1e-320',
      '"ignoreThreshold" must be a number of 0 or more, got 1e-320, beyond float32',
    ],
    ['export', '--anchors', '1e39,4 1,2 3,4 5,6 7,8 9,9', 'got [1e+39,4], beyond float32 at 0'],
  ])('of %s %s would become another one: %s', async (command, flag, value, message) => {
    const { code, stderr } = await here([command, ...(commands[command] as string[]), `${flag}=${value}`])
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  it.each([
    [['--batch', '9007199254740991', '--max-boxes', '1'], '"batch" makes an input of'],
    [['--batch', '1', '--max-boxes', '1000000000'], '"batch" makes 1000000000 rows of boxes, more than'],
    [['--batch', '16777216', '--max-boxes', '1'], '"batch" makes 16777216 rows of boxes, more than'],
    [
      ['--batch', '1', '--max-boxes', '100000'],
      '"maxBoxes" makes 10000000000 pairs of boxes with the batch, more than',
    ],
  ])('of rows of boxes, which the static form has constants for, is refused: %j', async (sizes, message) => {
    const form = ['--form', 'static', '--input', '64x64', '--labels', 'boxes']
    for (const graph of ['loss', 'targets']) {
      const run = await here(['export', ...(commands.export as string[]), ...form, ...sizes, '--graph', graph])
      expect(run.stderr).toContain(message)
      expect(run.code).toBe(2)
    }
  })
})
