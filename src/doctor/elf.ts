import { closeSync, openSync, readSync } from 'node:fs'

/** Numbers of the ELF format (System V ABI, "Program header" and "Dynamic section"), 64 bits, little-endian. */
const loadable = 1
const dynamic = 2
const tag = { end: 0, needed: 1, strings: 5 } as const

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

function read(file: number, offset: number, length: number): DataView {
  const bytes = new Uint8Array(length)
  const count = readSync(file, bytes, 0, length, offset)
  if (count < length) throw new RangeError('the file ends early')
  return new DataView(bytes.buffer)
}

const number = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))

function segments(file: number): Segment[] {
  const head = read(file, 0, 64)
  const [start, size, count] = [number(head, 32), head.getUint16(54, true), head.getUint16(56, true)]
  const table = read(file, start, size * count)
  return Array.from({ length: count }, (_, i) => ({
    type: table.getUint32(i * size, true),
    offset: number(table, i * size + 8),
    address: number(table, i * size + 16),
    size: number(table, i * size + 32),
  }))
}

function text(file: number, offset: number): string {
  const bytes = new Uint8Array(256)
  const count = readSync(file, bytes, 0, bytes.length, offset)
  const end = bytes.subarray(0, count).indexOf(0)
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? count : end))
}

function names(file: number): string[] {
  const all = segments(file)
  const section = all.find((s) => s.type === dynamic)
  if (!section) return []
  const view = read(file, section.offset, section.size)
  const entries = Array.from({ length: section.size / 16 }, (_, i) => [number(view, i * 16), number(view, i * 16 + 8)])
  const end = entries.findIndex(([kind]) => kind === tag.end)
  const used = end < 0 ? entries : entries.slice(0, end)
  const address = used.find(([kind]) => kind === tag.strings)?.[1] ?? 0
  const home = all.find((s) => s.type === loadable && address >= s.address && address < s.address + s.size)
  if (!home) return []
  const base = home.offset + address - home.address
  return used.filter(([kind]) => kind === tag.needed).map(([, at = 0]) => text(file, base + at))
}

/**
 * The shared libraries that a library asks the loader for, as `readelf -d` lists them; undefined for a file that is no
 * 64-bit ELF file, or a damaged one.
 */
export function neededBy(path: string): string[] | undefined {
  const file = openSync(path, 'r')
  try {
    const magic = read(file, 0, 6)
    if (magic.getUint32(0) !== 0x7f454c46 || magic.getUint8(4) !== 2) return undefined
    return names(file)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  } finally {
    closeSync(file)
  }
}
