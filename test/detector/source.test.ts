import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { onDisk, openSource } from '../../src/detector/source.js'
import { writeAtomic } from '../../src/io/files/atomic.js'
import { chunksOf } from '../../src/io/files/chunks.js'
import { joined, payloads, splice, wireFields } from '../../src/onnx/proto/wire.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { tinyConfig, tinyDetector } from '../attach/detector.js'
import { scratch } from '../verify/cases.js'

const folder = await scratch()
const everything = { file: 0, field: 2 ** 31 }
const small = { file: 0, field: 64 }
const bytes = tinyDetector()
const path = join(folder, 'detector.onnx')
await writeFile(path, bytes)

/** An attached loss, written from a source. */
async function attached(limits: typeof small): Promise<Uint8Array> {
  const source = await openSource(path, limits)
  const { pieces } = attachLoss(source.bytes, resolveConfig(tinyConfig), { file: path, folder })
  const target = join(folder, 'attached.onnx')
  await writeAtomic(target, chunksOf(onDisk(pieces, source, path)))
  return readFile(target)
}

describe('a model opened without its weights', () => {
  it('lacks long weights, and nothing else', async () => {
    const { bytes: read, holes } = await openSource(path, small)
    const whole = Uint8Array.from(bytes)
    for (const { start, end } of holes) {
      expect(end - start).toBeGreaterThan(0)
      whole.fill(0, start, end)
    }
    expect(holes.length).toBeGreaterThan(2)
    expect(Buffer.compare(read, whole)).toBe(0)
    expect(Buffer.compare(read, bytes)).not.toBe(0)
  })

  it('is read whole below the limits, and by default when it is small', async () => {
    for (const source of [await openSource(path), await openSource(path, everything)]) {
      expect(source.holes).toEqual([])
      expect(Buffer.compare(source.bytes, bytes)).toBe(0)
    }
  })

  it('becomes the same file as one read whole, every weight in its place', async () => {
    const [sparse, whole] = [await attached(small), await attached(everything)]
    expect(Buffer.compare(sparse, whole)).toBe(0)
    const { pieces } = attachLoss(bytes, resolveConfig(tinyConfig), { file: path, folder })
    expect(Buffer.compare(sparse, joined(pieces))).toBe(0)
  })

  it('is read whole where its graph comes in parts, for those are copied', async () => {
    const [graph] = payloads(bytes, 7) as [Uint8Array]
    const cut = wireFields(graph)[3]?.start as number
    const parts = [graph.subarray(0, cut), graph.subarray(cut)]
    const inParts = joined(splice(bytes, [{ number: 7, at: 0, count: 1, put: parts }]))
    const other = join(folder, 'parts.onnx')
    await writeFile(other, inParts)
    const source = await openSource(other, small)
    expect(source.holes).toEqual([])
    expect(Buffer.compare(source.bytes, inParts)).toBe(0)
  })

  it.each([
    ['cut short', bytes.subarray(0, bytes.length - 9)],
    ['no model', Buffer.from('this is a text, and not a short one, that no one takes for a model of ONNX')],
    ['nothing', new Uint8Array(0)],
  ])('is read whole when it is %s, to be refused as such', async (_, content) => {
    const other = join(folder, 'other.onnx')
    await writeFile(other, content)
    const source = await openSource(other, small)
    expect(source.holes).toEqual([])
    expect(Buffer.compare(source.bytes, content)).toBe(0)
  })

  it('is refused with the reason when it is not there', async () => {
    await expect(openSource(join(folder, 'none.onnx'))).rejects.toMatchObject({ code: 'E_FILE' })
    await expect(openSource(folder)).rejects.toThrow(/this is a folder/)
  })
})

it('pieces of files and of memory come in order, however long they are', async () => {
  const file = join(folder, 'long')
  const content = Uint8Array.from({ length: 2 ** 20 + 7 }, (_, i) => i % 251)
  await writeFile(file, content)
  const pieces = [{ file, start: 5, end: content.length }, content, { file, start: 0, end: 1 }]
  const copied = [...chunksOf(pieces)].length
  expect(copied).toBeGreaterThan(8)
  const target = join(folder, 'long copy')
  await writeAtomic(target, chunksOf(pieces))
  const expected = Buffer.concat([content.subarray(5), content, content.subarray(0, 1)])
  expect(expected.equals(await readFile(target))).toBe(true)
})

it('a file that becomes shorter while it is copied is an error, and leaves nothing', async () => {
  const target = join(folder, 'short.onnx')
  const pieces = [Uint8Array.of(1), { file: path, start: 10, end: bytes.length + 1 }]
  await expect(writeAtomic(target, chunksOf(pieces))).rejects.toThrow(/became shorter meanwhile/)
  await expect(readFile(target)).rejects.toMatchObject({ code: 'ENOENT' })
})
