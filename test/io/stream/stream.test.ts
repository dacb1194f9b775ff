import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeNpz } from '../../../src/io/arrays/lazy.js'
import { decodeNpz, encodeNpz } from '../../../src/io/arrays/npz.js'
import { InputError } from '../../../src/io/fault.js'
import { readBytes } from '../../../src/io/files/read.js'
import { type Entry, readEntries } from '../../../src/io/stream/json.js'
import { readLines } from '../../../src/io/stream/lines.js'
import { float32 } from '../../../src/io/tensor.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
let count = 0
async function file(content: string | Uint8Array): Promise<string> {
  const path = join(root, `${count++}.txt`)
  await writeFile(path, content)
  return path
}

async function linesOf(content: string): Promise<[string, number][]> {
  const lines: [string, number][] = []
  await readLines(await file(content), (line, number) => lines.push([line, number]))
  return lines
}

describe('lines', () => {
  it('are numbered from 1; a mark at the start and empty lines at the end are left out', async () => {
    expect(await linesOf('\uFEFFa b\r\n\n c\n\r\n\n')).toEqual([['a b', 1], ['', 2], [' c', 3]]) // biome-ignore format: one row
    expect(await linesOf('')).toEqual([])
    expect(await linesOf('é')).toEqual([['é', 1]])
  })

  it('may lie across pieces of a file', async () => {
    const long = `${'é'.repeat(300_000)} end`
    expect((await linesOf(`x\n${long}\ny`)).map(([line]) => line)).toEqual(['x', long, 'y'])
  })

  it('of more than 16 MiB are refused with their number', async () => {
    await expect(linesOf(`a\n${'b'.repeat(2 ** 24 + 1)}`)).rejects.toThrow(/line 2: more than 16777216 bytes/)
  })
})

const wanted = { images: ['id', 'name', 'box'], others: ['id'] }

async function entriesOf(content: string | Uint8Array) {
  const entries: [string, number, Entry | undefined][] = []
  const found = await readEntries(await file(content), wanted, (...entry) => entries.push(entry))
  return { entries, found: [...found] }
}

describe('entries of JSON', () => {
  it('are those of wanted lists, with their wanted fields', async () => {
    const text =
      '{"images": [{"id": 1, "images": [{"id": 5}], "box": [1, {"a": [2]}, "3"]}, 7, [8], {}], "x": {"others": [1]}}'
    expect(await entriesOf(`\uFEFF${text}`)).toEqual({
      entries: [
        ['images', 0, { id: 1, box: [1, null, '3'] }],
        ['images', 1, undefined],
        ['images', 2, undefined],
        ['images', 3, {}],
      ],
      found: ['images'],
    })
  })

  it('are the values of JSON.parse', async () => {
    const images = Array.from({ length: 5000 }, (_, i) => ({
      id: i / 7,
      name: `ü"\\\u0001 ${i}`,
      box: [1 - i, 1e-9 * i],
    }))
    const { entries } = await entriesOf(JSON.stringify({ images, others: [] }))
    expect(entries.map(([, , entry]) => entry)).toEqual(images)
  })

  it('are none in a list, or in an object of another shape', async () => {
    for (const text of ['[{"images": [1]}]', '5', '{"images": {"id": 1}}', 'null'])
      expect(await entriesOf(text)).toEqual({ entries: [], found: [] })
  })

  it.each([
    ['nothing', ' ', 'it ends too early'],
    ['half an object', '{"images": [', 'it ends too early'],
    ['half a word', '{"images": tru', 'not valid JSON'],
    ['no comma', '[1 2]', '2 where comma or end should be'],
    ['a comma too many', '[1,]', '"]" where value should be'],
    ['no value', '{"a",', '"," where colon should be'],
    ['no key', '{1: 2}', '1 where key or end should be'],
    ['a wrong end', '[1}', '"}" where comma or end should be'],
    ['two values', '{} {}', '"{" after its end'],
    ['a list twice', '{"images": [], "images": []}', 'has "images" twice'],
    ['a hundred brackets', '['.repeat(100), 'lists and objects more than 64 deep'],
    ['an endless word', `["${'a'.repeat(2 ** 21)}"]`, 'a word of more than 1048576 characters'],
    ['an endless number', `[${'1'.repeat(2 ** 21)}]`, 'a word of more than 1048576 characters'],
    ['no text', Uint8Array.of(0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d), 'not valid JSON'],
  ])('are refused in %s', async (_, content, message) => {
    const error = await entriesOf(content).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(InputError)
    expect((error as Error).message).toContain(message)
  })
})

describe('arrays made while they are written', () => {
  const [a, b] = [float32([2, 3], [1, 2, 3, 4, 5, 6]), float32([0, 4], [])]
  const lazy = [
    { name: 'a', dtype: 'float32' as const, shape: a.shape, blocks: () => [a.data.subarray(0, 4), a.data.subarray(4)] },
    { name: 'b', dtype: 'float32' as const, shape: b.shape, blocks: () => [] },
  ]

  it('are those of an archive written at once', async () => {
    const path = join(root, 'lazy.npz')
    await writeNpz(new Map([[path, lazy]]))
    const eager = await encodeNpz([{ name: 'a', tensor: a }, { name: 'b', tensor: b }]) // biome-ignore format: one row
    expect(await decodeNpz(await readBytes(path), path)).toEqual(await decodeNpz(eager, path))
  })

  it('leave nothing behind when one cannot be made, and say why', async () => {
    const blocks = () => {
      throw new InputError('E_BOX', { where: 'x', what: 'odd' })
    }
    await expect(
      writeNpz(new Map([[join(root, 'failed.npz'), [{ ...(lazy[0] as (typeof lazy)[number]), blocks }]]])),
    ).rejects.toThrow('x: odd')
    await expect(readBytes(join(root, 'failed.npz'))).rejects.toThrow('there is no such file')
  })
})
