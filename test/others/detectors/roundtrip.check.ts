import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { attachLoss } from '../../../src/attach/attach.js'
import { InputError } from '../../../src/io/fault.js'
import { decodeModel, encodeForeign } from '../../../src/onnx/proto/codec.js'
import { joined, payloads, splice } from '../../../src/onnx/proto/wire.js'
import { tiny } from '../../attach/given.js'

const folders = (process.env.ROUNDTRIP ?? '').split(':').filter((f) => f !== '')

function modelsIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? modelsIn(path) : path.endsWith('.onnx') ? [path] : []))
}

it.each(folders)('every model of %s survives the codec and an edit that is undone, byte for byte', (folder) => {
  const files = modelsIn(folder)
  const changed: string[] = []
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(file))
    const same = (other: Uint8Array) => Buffer.from(other).equals(bytes)
    const model = decodeModel(bytes, file)
    const [graph] = payloads(bytes, 7) as [Uint8Array]
    const nodes = payloads(graph, 1).length
    const put = [Uint8Array.of(34, 1, 120)]
    const within = (whole: Uint8Array, edited: Uint8Array) =>
      joined(splice(whole, [{ number: 7, at: 0, count: 1, put: [edited] }]))
    const there = within(bytes, joined(splice(graph, [{ number: 1, at: nodes, count: 0, put }])))
    const [grown] = payloads(there, 7) as [Uint8Array]
    const back = within(there, joined(splice(grown, [{ number: 1, at: nodes, count: 1, put: [] }])))
    if (!same(encodeForeign(model)) || !same(back)) changed.push(relative(folder, file))
  }
  console.log(`${folder.split('/').at(-1)}: ${files.length - changed.length} of ${files.length} models byte-identical`)
  expect(changed).toEqual([])
  expect(files.length).toBeGreaterThan(0)
})

it.each(folders)('no model of %s is a detector, and each is refused as such, quickly', (folder) => {
  const odd = modelsIn(folder).filter((file) => {
    try {
      attachLoss(new Uint8Array(readFileSync(file)), tiny, { file, folder: join(file, '..') })
      return true
    } catch (error) {
      return !(error instanceof InputError)
    }
  })
  expect(odd).toEqual([])
})
