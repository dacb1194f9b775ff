import { cp, readFile } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { decodeTensor } from '../../src/onnx/proto/decode.js'
import { encodeTensor } from '../../src/onnx/proto/encode.js'
import { fixtures } from '../support/cases.js'
import { write } from '../support/folder.js'
import { golden, prepare } from './entry.js'
import { writeExact } from './exact.js'
import { bring, workIn } from './place.js'
import { withoutErrorKeys, withoutErrors } from './portable.js'

/** A case at the threshold whose sum of a mask is expected one too large. */
async function writeFlipped(): Promise<void> {
  await cp(`${fixtures}/iou-at-threshold`, 'flipped', { recursive: true })
  for (let i = 0; ; i++) {
    const file = `flipped/test_data_set_0/output_${i}.pb`
    const { name, tensor } = decodeTensor(await readFile(file), file)
    if (name !== 'ignore_1') continue
    const data = (tensor.data as Float32Array).map((x) => x + 1)
    return write({ [file]: encodeTensor(name, { dtype: 'float32', shape: tensor.shape, data }) })
  }
}

await workIn()
await writeExact('exact')
await writeFlipped()
await bring('zero-size', 'two-boxes-one-cell')
await prepare('export --config zero-size.json --diagnostics -o loss.onnx')

describe('verify', () => {
  it('reports exact numbers', () =>
    golden('reports/verify', [
      'verify exact',
      ['verify exact --all --junit report.xml', 'report.xml'],
      'verify exact/off exact/nan exact/empty --atol y:1 --allow-nan --allow-empty --all',
      'verify exact/pass --rtol z:1',
    ]))

  it('reports them in JSON', () =>
    golden('reports/verify-json', ['verify exact/off exact/nan exact/shape exact/pass --json']))

  it('reports a loss', () =>
    golden(
      'reports/verify-loss',
      ['verify', 'verify loss.onnx', 'verify flipped --all', 'verify exact/pass --layerwise', 'verify --opset 9'],
      withoutErrors,
    ))

  it('reports it in JSON', () => golden('reports/verify-loss-json', ['verify loss.onnx --json'], withoutErrorKeys))
})
