import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import yazl from 'yazl'
import { encodeNpy } from '../../../src/io/arrays/npy.js'
import { encodeNpz } from '../../../src/io/arrays/npz.js'
import type { AnyTensor } from '../../../src/io/elements.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { encodeModel, encodeTensor } from '../../../src/onnx/proto/encode.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import { type DataOptions, readData } from '../../../src/verify/cases/data.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { model, node, pair, sumBytes, value } from '../../runtime/models.js'
import { scratch, writeSum } from '../cases.js'

const root = await scratch()
/** `y = x + w`. */
const sum = readModel(sumBytes, 'sum.onnx')
const [x, w, y] = [pair(1, 2), pair(10, 20), pair(11, 22)]

async function npz(name: string, arrays: Readonly<Record<string, Tensor>>): Promise<string> {
  const path = join(root, name)
  await writeFile(path, await encodeNpz(Object.entries(arrays).map(([key, tensor]) => ({ name: key, tensor }))))
  return path
}

/** An archive of one entry, deflated, as `numpy.savez_compressed` writes it. */
async function packed(name: string, bytes: Uint8Array): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  zip.addBuffer(Buffer.from(bytes), name, { compress: true })
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const read = (paths: readonly string[], options?: DataOptions) => readData(paths, sum, options)

describe('data are read from', () => {
  it('several .npz files, in the order of the graph, outputs among them', async () => {
    const [labels, predictions] = [await npz('labels.npz', { w, y }), await npz('predictions.npz', { x })]
    const data = await read([labels, predictions])
    expect(data.name).toBe('labels + predictions')
    expect([...data.inputs]).toEqual([
      ['x', x],
      ['w', w],
    ])
    expect([...data.outputs]).toEqual([['y', y]])
    expect(Object.fromEntries(data.from)).toEqual({ x: predictions, w: labels, y: labels })
  })

  it('.npy files of the names', async () => {
    for (const [name, tensor] of Object.entries({ x, w })) await writeFile(join(root, `${name}.npy`), encodeNpy(tensor))
    const { name, inputs } = await read([join(root, 'x.npy'), join(root, 'w.npy')])
    expect([name, inputs.get('w')]).toEqual(['x + w', w])
  })

  it('a case folder, which gives the data set that was asked for', async () => {
    const dir = await writeSum(root, 'two-sets')
    const second = join(await writeSum(join(dir, 'aside'), 'case'), 'test_data_set_0')
    await writeFile(join(second, 'input_0.pb'), encodeTensor('x', pair(5, 6)))
    await rename(second, join(dir, 'test_data_set_1'))
    const first = await read([dir])
    expect([first.name, first.inputs.get('x')]).toEqual(['two-sets/test_data_set_0', x])
    const data = await read([dir], { set: 1 })
    expect([data.name, data.inputs.get('x')]).toEqual(['two-sets/test_data_set_1', pair(5, 6)])
    expect(data.from.get('w')).toBe(join(dir, 'test_data_set_1', 'input_1.pb'))
    expect(data.from.get('y')).toBe(join(dir, 'test_data_set_1', 'output_0.pb'))
    await expect(read([dir], { set: 2 })).rejects.toThrow(
      'two-sets: there is no test_data_set_2\n  hint: it has "test_data_set_0", "test_data_set_1"',
    )
  })

  it('a case folder whose tensors have no names, by their place', async () => {
    const dir = await writeSum(root, 'unnamed', {
      inputs: [
        { name: '', tensor: x },
        { name: '', tensor: w },
      ],
      outputs: [],
    })
    expect(Object.fromEntries((await read([dir])).from)).toEqual({
      x: join(dir, 'test_data_set_0', 'input_0.pb'),
      w: join(dir, 'test_data_set_0', 'input_1.pb'),
    })
  })

  it('a case folder and a file together', async () => {
    const dir = await writeSum(root, 'half', { inputs: [{ name: 'x', tensor: x }] })
    const data = await read([await npz('rest.npz', { w }), dir])
    expect([data.name, data.inputs.get('x'), data.outputs.get('y')]).toEqual(['rest + half', x, y])
  })

  it('a case with outputs that the graph does not have', async () => {
    const dir = await writeSum(root, 'richer', { outputs: [{ name: 'z', tensor: y }] })
    expect([...(await read([dir])).outputs.keys()]).toEqual(['z'])
  })

  it('arrays in Fortran order, and packed ones', async () => {
    const [square, rows] = [float32([2, 2], [1, 2, 3, 4]), float32([2, 2], [1, 3, 2, 4])]
    const columns = Buffer.from(encodeNpy(rows)).toString('latin1').replace("order': False,", "order': True, ")
    const path = join(root, 'x-columns.npz')
    await writeFile(path, await packed('x.npy', Buffer.from(columns, 'latin1')))
    const { inputs } = await read([path, await npz('four.npz', { w: square })])
    expect(inputs.get('x')).toEqual(square)
  })

  it('arrays without elements, where the graph leaves the size open', async () => {
    const none = float32([0, 2], [])
    expect((await read([await npz('none.npz', { x: none, w: none })])).inputs.get('x')).toEqual(none)
  })

  it('nothing, for a graph that takes nothing', async () => {
    const constant = model({
      outputs: [value('y', 1)],
      nodes: [node('Constant', [], 'y', { valueFloats: { floats: [1] } })],
    })
    const info = readModel(encodeModel(constant), 'constant.onnx')
    expect((await readData([await npz('nothing.npz', {})], info)).inputs.size).toBe(0)
  })
})

const double: Tensor = { dtype: 'float64', shape: [1, 2], data: new Float64Array(2) }

describe('data are refused', () => {
  it.each<[string, () => Promise<string[]>, string]>([
    [
      'that come twice',
      async () => [await npz('a.npz', { x, w }), await npz('b.npz', { x })],
      `b.npz: input "x" is in "${join(root, 'a.npz')}" too\n  hint: leave it out of one of them`,
    ],
    [
      'that come from a case and a file',
      async () => [await writeSum(root, 'whole'), await npz('y.npz', { y })],
      `y.npz: output "y" is in "${join(root, 'whole', 'test_data_set_0', 'output_0.pb')}" too`,
    ],
    [
      'that are missing in all files',
      async () => [await npz('only-y.npz', { y }), await npz('only-x.npz', { x })],
      'only-x.npz: no value for input "w"\n  hint: the model takes "x", "w"; name every file',
    ],
    [
      'with a misspelt name',
      async () => [await npz('big.npz', { x, W: w })],
      'big.npz: the model has neither an input nor an output "W"\n  hint: did you mean "w"?',
    ],
    [
      'without names',
      async () => [await npz('arr.npz', { arr_0: x, arr_1: w })],
      'output "arr_0"\n  hint: its inputs are "x", "w"; numpy.savez(file, x=…) names them',
    ],
    [
      'of another shape, by the file that holds them',
      async () => [await npz('good.npz', { x }), await npz('wide.npz', { w: pair(1, 2, 3, 4) })],
      'wide.npz: input "w" has the wrong shape: the model takes float32[B,2], got float32[2,2]\n  hint: sizes fixed by',
    ],
    [
      'of another type, with what mends it',
      async () => [await npz('good.npz', { x }), await npz('double.npz', { w: double })],
      'double.npz: input "w" is float64, and the model takes float32\n  hint: save it with .astype(\'float32\')',
    ],
    [
      'of a case that the graph does not take',
      async () => [await writeSum(root, 'other', { inputs: [{ name: 'v', tensor: x as AnyTensor }] })],
      `${join('other', 'test_data_set_0', 'input_0.pb')}: the model has no input "v"`,
    ],
    ['that are no arrays', async () => [join(root, 'nowhere.npz')], 'nowhere.npz: there is no such file'],
  ])('%s', async (_, paths, message) => {
    await expect(paths().then((all) => read(all))).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(message),
    })
  })

  it('that are missing, by the names of all files', async () => {
    const paths = [await npz('p.npz', { y }), await npz('q.npz', { x })]
    await expect(read(paths)).rejects.toMatchObject({ code: 'E_FEED_MISSING', where: paths.join(', ') })
  })

  it('that unpack to more than is allowed', async () => {
    const path = await npz('large.npz', { x, w })
    await expect(read([path], { maxUnpacked: 100 })).rejects.toThrow(/large\.npz: \d+ bytes unpacked, more than .* 100/)
  })

  it('of another type, with the option that makes a loss for it', async () => {
    const loss = readModel(encodeModel(lossModel(resolveConfig({ preset: 'yolov3-tiny-voc', graph: 'head' }))), 'loss')
    const arrays = Object.fromEntries(loss.inputs.map(({ name }) => [name, double]))
    await expect(readData([await npz('loss.npz', arrays)], loss)).rejects.toThrow(
      "save it with .astype('float32'), or export the graph with --dtype float64",
    )
  })
})
