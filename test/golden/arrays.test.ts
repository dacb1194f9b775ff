import { readFile } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { encodeNpy } from '../../src/io/arrays/npy.js'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { write } from '../support/folder.js'
import { golden, prepare } from './entry.js'
import { workIn } from './place.js'
import { rounded } from './portable.js'

type Arrays = Readonly<Record<string, Tensor>>

const zeros = (...shape: number[]): Tensor<'float32'> =>
  float32(shape, Array<number>(shape.reduce((n, x) => n * x, 1)).fill(0))

/** One image of one cell: a box as large as an anchor, and logits of 0. */
const usual: Arrays = {
  y_pred_0: zeros(1, 1, 1, 14),
  y_true_0: float32([1, 1, 1, 2, 7], [...[0.5, 0.5, 0.3125, 0.625, 1, 1, 0], ...Array<number>(7).fill(0)]),
}

/** The usual labels but for some numbers, by their place. */
function labelled(changes: Readonly<Record<number, number>>): Arrays {
  const { shape, data } = usual.y_true_0 as Tensor<'float32'>
  const copy = data.slice()
  for (const [at, x] of Object.entries(changes)) copy[Number(at)] = x
  return { ...usual, y_true_0: float32(shape, copy) }
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const odd: Readonly<Record<string, Arrays>> = {
  'zero-width': labelled({ 2: 0 }),
  outside: labelled({ 0: 1.5 }),
  // Everything that makes a loss NaN: a negative height, labels and logits that are not finite, a box too many.
  everything: {
    ...labelled({ 0: nan, 3: -1, 5: infinity, 9: 0, 11: 1 }),
    y_pred_0: float32([1, 1, 1, 14], Array(14).fill(nan)),
  },
}

const { y_pred_0, y_true_0 } = usual as { y_pred_0: Tensor; y_true_0: Tensor }
const wrong: Readonly<Record<string, Arrays>> = {
  misspelt: { y_pred_0, y_ture_0: y_true_0 },
  missing: { y_pred_0 },
  nothing: {},
  additional: { ...usual, weights: zeros(2) },
  channels: { ...usual, y_pred_0: zeros(1, 1, 1, 255) },
  rank: { ...usual, y_pred_0: zeros(1, 1, 14) },
  layout: { ...usual, y_pred_0: zeros(1, 14, 1, 1) },
  batches: { ...usual, y_pred_0: zeros(2, 1, 1, 14) },
  grids: { ...usual, y_pred_0: zeros(1, 2, 1, 14) },
  flat: { ...usual, y_true_0: zeros(1, 1, 1, 14) },
  classes: { ...usual, y_true_0: zeros(1, 1, 1, 2, 8) },
  float64: { ...usual, y_pred_0: { dtype: 'float64', shape: y_pred_0.shape, data: new Float64Array(14) } },
  float16: { ...usual, y_pred_0: { dtype: 'float16', shape: y_pred_0.shape, data: new Uint16Array(14) } },
  int64: { ...usual, y_true_0: { dtype: 'int64', shape: y_true_0.shape, data: new BigInt64Array(14) } },
  'no-image': { y_pred_0: zeros(0, 1, 1, 14), y_true_0: zeros(0, 1, 1, 2, 7) },
  'no-cell': { y_pred_0: zeros(1, 0, 1, 14), y_true_0: zeros(1, 0, 1, 2, 7) },
}

const packed = (arrays: Arrays): Promise<Uint8Array> =>
  encodeNpz(Object.entries(arrays).map(([name, tensor]) => ({ name, tensor })))

await workIn({
  'one.json': { anchors: [[10, 20], [30, 40]], anchorMask: [[0, 1]], classes: 2 }, // biome-ignore format: pairs
  'usual.npz': await packed(usual),
  'array.npy': encodeNpy(zeros(2)),
  'text.npz': 'y_pred_0 = 1\n',
  'page.npz': '<!doctype html><html>',
  'empty.npz': '',
  'header.npy': '\u0093NUMPY',
  'folder/x': '',
})
for (const [name, arrays] of Object.entries({ ...odd, ...wrong }))
  await write({ [`${name}.npz`]: await packed(arrays) })
await write({ 'cut.npz': (await readFile('usual.npz')).subarray(0, -50) })
await prepare(
  'export --config one.json -o loss.onnx',
  'export --config one.json --guard -o guarded.onnx',
  'export --config one.json --form static --batch 1 --input 32x32 --max-boxes 1 -o static.onnx',
)

describe('eval', () => {
  it('explains a loss that is not finite, and labels that were hardly meant', () =>
    golden(
      'reports/eval-odd',
      [
        'eval loss.onnx zero-width.npz',
        'eval guarded.onnx zero-width.npz',
        'eval loss.onnx outside.npz --json',
        'eval static.onnx everything.npz',
      ],
      rounded,
    ))

  it('refuses arrays', () =>
    golden('errors/arrays', [
      ...Object.keys(wrong).map((name) => `eval loss.onnx ${name}.npz`),
      'eval static.onnx batches.npz',
      'eval static.onnx grids.npz',
      'eval loss.onnx array.npy',
      ...['text.npz', 'page.npz', 'empty.npz', 'cut.npz', 'header.npy'].map((file) => `eval loss.onnx ${file}`),
      'eval loss.onnx none.npz',
      'eval loss.onnx folder',
      'eval loss.onnx loss.onnx',
      'eval usual.npz usual.npz',
      'eval loss.onnx usual.npz --max-unpacked 0.0001',
    ]))
})
