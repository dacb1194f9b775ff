import { describe, expect, it } from 'vitest'
import { notesOnConfig, notesOnNames } from '../../src/notes/index.js'
import { presets } from '../../src/yolo/config/presets.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { yoloLossHere } from '../support/cli.js'
import { at, graph, noted, text } from './cli.js'

const anchors = presets['yolov3-coco'].anchors
const sound = { anchors, classes: 3 }

const told = (given: object) => notesOnConfig(resolveConfig({ ...sound, ...given }))
const codes = (given: object) => told(given).map(({ code }) => code)

describe('of a configuration', () => {
  it.each(Object.keys(presets))('nothing is told where it is the preset %s', (preset) => {
    expect(notesOnConfig(resolveConfig({ preset }))).toEqual([])
  })

  it('normalised anchors', () => {
    const notes = told({ anchors: anchors.map(([w, h]) => [w / 416, h / 416]) })
    expect(notes).toEqual([
      {
        code: 'normalised-anchors',
        where: '"anchors"',
        values: { longest: 373 / 416 },
        remedy: expect.stringContaining('multiply them by its width and height'),
      },
    ])
  })

  it('masks finest first', () => {
    const notes = told({ anchorMask: [[0, 1, 2], [3, 4, 5], [6, 7, 8]] }) // biome-ignore format: one list
    expect(notes).toMatchObject([
      { code: 'masks-finest-first', where: '"anchorMask"', values: { coarser: '10×13', finer: '30×61' }, more: 5 },
    ])
  })

  it('anchors that are not in the order of the masks', () => {
    expect(codes({ anchors: anchors.toReversed() })).toEqual(['anchors-out-of-order'])
    const [first, ...others] = anchors
    const exchanged = [...others.slice(-1), ...others.slice(0, -1), first]
    expect(told({ anchors: exchanged })).toMatchObject([
      { code: 'anchors-out-of-order', values: { coarser: '116×90', finer: '373×326' } },
    ])
  })

  it('a threshold above 1', () => {
    expect(told({ ignoreThreshold: 50 })).toMatchObject([{ code: 'threshold-above-1', values: { threshold: 50 } }])
    expect(codes({ ignoreThreshold: 1 })).toEqual([])
  })
})

describe('of a file of classes', () => {
  it.each([
    ['YAML', ['path: coco', 'train: images', 'names:', '0: person'], 'a key and its value'],
    ['a Darknet .data', ['classes= 80', 'train  = train.txt'], 'a key and its value'],
    ['a list of YAML', ['- person', '- car'], 'an entry of a list'],
    ['a list of Python', ["['person', 'car']"], 'an entry of a list'],
    ['CSV', ['id,name,colour', '0,person,red'], 'a list in one line'],
    ['numbers', ['0', '1', '2'], 'a number'],
    ['anchors', ['10,13, 16,30, 33,23'], 'a list in one line'],
    ['annotations', ['a.jpg 10,20,60,50,1', 'b.jpg'], 'a list in one line'],
    ['images', ['images/a.jpg', 'images/b.jpg'], 'an image'],
    ['a comment', ['# classes', 'person'], 'a comment'],
  ])('that is %s', (_, names, look) => {
    const [note] = notesOnNames({ names, file: 'f.txt' })
    expect(note).toMatchObject({
      code: 'no-class-names',
      where: 'f.txt, line 1',
      values: { line: names[0], 'looks like': look, classes: names.length },
    })
  })

  it('and nothing of names, with spaces, numbers and signs in them', () => {
    const names = [
      'person',
      'traffic light',
      'T-shirt',
      "men's shoe",
      'no. 5',
      'class_0',
      'Straße',
      'Pepsi (0.5 l)',
      '7up',
    ]
    expect(notesOnNames({ names, file: 'f.txt' })).toEqual([])
  })
})

describe('commands tell them', () => {
  it('export, with the file that says so, and writes the graph all the same', async () => {
    const file = await text('turned.json', { ...sound, anchorMask: [[0, 1, 2], [3, 4, 5], [6, 7, 8]] }) // biome-ignore format: one list
    const run = await noted(['export', '--config', file, '-o', at('a.onnx')])
    expect([run.code, run.notes[0]?.where]).toEqual([0, `${file}, "anchorMask"`])
    expect(run.stderr).toContain(`wrote ${at('a.onnx')}`)
    expect(run.stderr).toContain('hint: turn the masks round')
    expect(run.report).toMatchObject({ file: at('a.onnx') })
  })

  it('and the flag where it was a flag', async () => {
    const run = await noted(['inspect', '--preset', 'yolov3-voc', '--ignore-thresh', '50'])
    expect(run.notes).toMatchObject([{ where: '--ignore-thresh', values: { threshold: 50 } }])
    const classes = await text('data.yaml', 'train: images\nnames:\n  - a\n')
    const named = await noted(['export', '--preset', 'yolov3-voc', '--classes', classes, '-o', at('b.onnx')])
    expect(named.notes).toMatchObject([{ code: 'no-class-names', where: `${classes}, line 1` }])
  })

  it('verify of an option that the configuration leaves out, and of which the graph has another value', async () => {
    const file = await text('open.json', sound)
    await yoloLossHere(['export', '--config', file, '--ignore-thresh', '0.3', '-o', at('other.onnx')])
    const only = ['--random', '1']
    const run = await noted(['verify', at('other.onnx'), '--config', file, ...only])
    expect(run.notes).toMatchObject([
      {
        code: 'unsaid-option',
        where: `${at('other.onnx')}, "ignoreThreshold"`,
        values: { graph: '0.3', default: '0.5' },
      },
    ])
    const said = await text('said.json', { ...sound, ignoreThreshold: 0.3 })
    expect((await noted(['verify', at('other.onnx'), '--config', said, ...only])).notes).toEqual([])
  })

  it('inspect of the graph that carries it', async () => {
    await yoloLossHere(['export', '--preset', 'yolov3-voc', '--ignore-thresh', '2', '-o', at('c.onnx')])
    expect((await noted(['inspect', at('c.onnx')])).notes).toMatchObject([
      { code: 'threshold-above-1', where: `${at('c.onnx')}, "ignoreThreshold"` },
    ])
  })

  it('targets and verify', async () => {
    const lines = await text('train.txt', 'a.jpg 10,20,60,50,1\n')
    const own = ['--config', await text('two.json', { ...sound, ignoreThreshold: 2 })]
    const size = ['--input', '64x64', '--image-size', '64x64', '--lint']
    expect((await noted(['targets', lines, ...own, ...size])).codes).toEqual(['threshold-above-1'])
    const model = await graph('two.onnx', { ...sound, ignoreThreshold: 2 })
    expect((await noted(['verify', model, ...own, '--random', '1'])).codes).toEqual(['threshold-above-1'])
  })
})

describe('--strict', () => {
  const args = ['inspect', '--preset', 'yolov3-voc', '--ignore-thresh', '2']

  it('makes a note end with exit code 1, and the result is there', async () => {
    const plain = await yoloLossHere(args)
    for (const given of [
      ['--strict', ...args],
      [...args, '--strict'],
    ])
      expect(await yoloLossHere(given)).toEqual({ ...plain, code: 1 })
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining('ignoreThreshold = 2') })
  })

  it('changes nothing where there is none', async () => {
    expect((await yoloLossHere(['inspect', '--preset', 'yolov3-voc', '--strict'])).code).toBe(0)
  })

  it('tells the note with -q too, which else is silent', async () => {
    expect((await yoloLossHere([...args, '-q'])).stderr).toBe('')
    expect((await yoloLossHere([...args, '-q', '--strict'])).stderr).toMatch(
      /^note: --ignore-thresh: no IoU is above 1/,
    )
  })

  it('leaves an error its own code, and tells the note beside it', async () => {
    const run = await yoloLossHere(['export', ...args.slice(1), '--strict', '-o', at('none/here.onnx')])
    expect([run.code, run.stderr]).toEqual([2, expect.stringMatching(/^note: .*\n.*\nyolo-loss: /)])
  })
})
