import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { at, base, boxes, changed, graph, logits, noted, save, text } from './cli.js'

const categories = ['person', 'car', 'dog'].map((name, i) => ({ id: 3 * i + 1, name }))
const annotations = [
  { image_id: 1, category_id: 1, bbox: [10, 20, 60, 40], iscrowd: 0 },
  { image_id: 1, category_id: 4, bbox: [30, 12, 30, 30], iscrowd: 1 },
  { image_id: 1, category_id: 4, bbox: [5, 12, 30, 30], iscrowd: 1 },
]
const images = [{ id: 1, file_name: 'a.jpg', width: 128, height: 96 }]
const instances = (own: object) =>
  text('instances.json', { images, annotations: annotations.slice(0, 1), categories, ...own })
const config = await text('base.json', { anchors: resolveConfig(base).anchors, classes: 3 })

const targets = (file: string, ...more: string[]) =>
  noted(['targets', file, '--config', config, '--input', '96x128', '-o', at('out.npz'), ...more])

describe('of COCO instances', () => {
  it('nothing where the categories are the classes', async () => {
    expect((await targets(await instances({}))).notes).toEqual([])
  })

  it('categories that are not as many as the classes', async () => {
    const file = await instances({ categories: categories.slice(0, 2) })
    const run = await targets(file)
    expect(run.notes).toMatchObject([
      { code: 'categories-unlike-classes', where: file, values: { categories: 2, classes: 3 } },
    ])
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('--names FILE')])
  })

  it('but not where names say which is which', async () => {
    const file = await instances({ categories: categories.slice(0, 2) })
    const names = await text('names.txt', 'dog\nperson\ncar\n')
    expect((await targets(file, '--names', names)).notes).toEqual([])
    const yaml = await text('names.yaml', 'person\ncar\n- dog\n')
    expect((await targets(await instances({ categories: [categories[0]] }), '--names', yaml)).notes).toMatchObject([
      { code: 'no-class-names', where: `${yaml}, line 3` },
    ])
  })

  it('boxes around crowds, with the first of them', async () => {
    const file = await instances({ annotations })
    expect((await targets(file)).notes).toMatchObject([
      { code: 'crowd-boxes', where: `${file}, annotations[1]`, values: { crowds: 2 }, more: 1 },
    ])
  })

  it('told by eval of annotations as well', async () => {
    const file = await instances({ annotations, images: [...images, { ...images[0], id: 2 }] })
    const data = await save('heads.npz', Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, t])))
    const run = await noted(['eval', await graph('dense.onnx'), data, '--annotations', file])
    expect(run.codes).toEqual(['crowd-boxes'])
  })
})

describe('of an array of boxes', () => {
  it('fractions in place of pixels, where targets makes labels of it', async () => {
    const file = await save('boxes.npz', { boxes: changed(boxes, (x, i) => (i % 5 === 4 ? x : x / 128)) })
    expect((await targets(file)).notes).toMatchObject([{ code: 'normalised-boxes', where: `${file}, boxes[0,0]` }])
    expect((await targets(await save('sound.npz', { boxes }))).notes).toEqual([])
  })
})

describe('of boxes in the input', () => {
  it('those that vanish there', async () => {
    const lines = await text('train.txt', 'a.jpg 10,20,60,50,1 100,100,103,103,0\nb.jpg 5,5,90,90,2\n')
    const data = await save('heads.npz', Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, t])))
    const given = ['--annotations', lines, '--image-size', '9600x12800']
    const run = await noted(['eval', await graph('boxes.onnx', { labels: 'boxes' }), data, ...given])
    expect(run.codes).toContain('vanished-boxes')
  })
})
