import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { decodeModel, encodeForeign } from '../../src/onnx/proto/codec.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { openSession } from '../../src/runtime/index.js'
import { scratch } from '../verify/cases.js'
import { model, node, pair, value } from './models.js'

const before = process.cwd()
const folder = await scratch()
// What was registered last runs first, before the folder goes.
afterAll(() => process.chdir(before))
process.chdir(folder)

const sum = encodeModel(
  model({
    inputs: [value('x', 1, 2)],
    outputs: [value('y', 1, 2)],
    initializers: [{ name: 'w', tensor: pair(1, 2) }],
    nodes: [node('Add', ['x', 'w'], 'y')],
  }),
)

/** The sum with its constant in another file, which is there. */
async function outside(location: string): Promise<Uint8Array> {
  await writeFile('here.bin', new Uint8Array(8))
  const proto = decodeModel(sum, 'sum')
  const constant = proto.graph?.initializer[0] as { rawData?: unknown; dataLocation: number; externalData: object[] }
  delete constant.rawData
  constant.dataLocation = 1
  constant.externalData = [{ key: 'location', value: location }]
  return encodeForeign(proto)
}

it.each([
  ['beside it', 'here.bin'],
  ['above it', '../here.bin'],
  ['anywhere', join(folder, 'here.bin')],
])('a model that keeps its data in a file %s is refused, for it is run as bytes', async (_, location) => {
  await expect(openSession(await outside(location))).rejects.toMatchObject({ code: 'E_MODEL_REFUSED' })
})
