import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** Numbers of the ELF format (System V ABI, "Program header" and "Dynamic section"), 64 bits, little-endian. */
const loadable = 1
const dynamic = 2
const tag = { end: 0, needed: 1, strings: 5 } as const

/** The number of x86-64 among the machines of ELF. */
export const x86_64 = 62

/** What a library says of itself. */
export interface Library {
  /** Number of the machine that it is for. */
  readonly machine: number
  /** The shared libraries that it asks the loader for, as `readelf -d` lists them. */
  readonly needed: readonly string[]
}

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

interface Opened {
  readonly file: number
  readonly size: number
}

/** Whatever a file says, no more is asked for than it has. */
function read({ file, size }: Opened, offset: number, length: number): DataView {
  if (offset + length > size) throw new RangeError('the file ends early')
  const bytes = new Uint8Array(length)
  const count = readSync(file, bytes, 0, length, offset)
  if (count < length) throw new RangeError('the file ends early')
  return new DataView(bytes.buffer)
}

const number = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))

function segments(opened: Opened, head: DataView): Segment[] {
  const [start, size, count] = [number(head, 32), head.getUint16(54, true), head.getUint16(56, true)]
  const table = read(opened, start, size * count)
  return Array.from({ length: count }, (_, i) => ({
    type: table.getUint32(i * size, true),
    offset: number(table, i * size + 8),
    address: number(table, i * size + 16),
    size: number(table, i * size + 32),
  }))
}

function text({ file }: Opened, offset: number): string {
  const bytes = new Uint8Array(256)
  const count = readSync(file, bytes, 0, bytes.length, offset)
  const end = bytes.subarray(0, count).indexOf(0)
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? count : end))
}

function names(opened: Opened, all: readonly Segment[]): string[] {
  const section = all.find((s) => s.type === dynamic)
  if (!section) return []
  const view = read(opened, section.offset, section.size)
  const count = Math.floor(section.size / 16)
  const entries = Array.from({ length: count }, (_, i) => [number(view, i * 16), number(view, i * 16 + 8)])
  const end = entries.findIndex(([kind]) => kind === tag.end)
  const used = end < 0 ? entries : entries.slice(0, end)
  const address = used.find(([kind]) => kind === tag.strings)?.[1] ?? 0
  const home = all.find((s) => s.type === loadable && address >= s.address && address < s.address + s.size)
  if (!home) return []
  const base = home.offset + address - home.address
  return used.filter(([kind]) => kind === tag.needed).map(([, at = 0]) => text(opened, base + at))
}

/** Refuses a file that was cut off after the tables at its head. */
function expectWhole({ size }: Opened, head: DataView, all: readonly Segment[]): void {
  const sections = number(head, 40) + head.getUint16(58, true) * head.getUint16(60, true)
  const ends = all.filter(({ type }) => type === loadable).map((s) => s.offset + s.size)
  if (Math.max(sections, ...ends) > size) throw new RangeError('the file ends early')
}

function libraryIn(opened: Opened): Library | undefined {
  const head = read(opened, 0, 64)
  // 64 bits, little-endian.
  if (head.getUint32(0) !== 0x7f454c46 || head.getUint8(4) !== 2 || head.getUint8(5) !== 1) return undefined
  const all = segments(opened, head)
  expectWhole(opened, head, all)
  return { machine: head.getUint16(18, true), needed: names(opened, all) }
}

/** What a shared library or program is; undefined for a file that is no 64-bit ELF file, or a damaged one. */
export function libraryAt(path: string): Library | undefined {
  // A pipe would be waited for.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
  const file = openSync(path, 'r')
  try {
    return libraryIn({ file, size: fstatSync(file).size })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  } finally {
    closeSync(file)
  }
}
