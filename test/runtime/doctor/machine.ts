import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { System } from '../../../src/runtime/doctor/system.js'

/** A 64-bit ELF file that asks the loader for these libraries and holds nothing else. */
export function elf(...needed: string[]): Uint8Array {
  const strings = `\0${needed.join('\0')}\0`
  const entries = [...needed.map((name) => [1, strings.indexOf(`\0${name}\0`) + 1]), [5, 0x1000], [0, 0]]
  const [dynamicAt, stringsAt] = [176, 176 + entries.length * 16]
  const bytes = new Uint8Array(stringsAt + strings.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x7f454c46)
  view.setUint8(4, 2)
  view.setUint8(5, 1)
  view.setUint16(16, 3, true)
  view.setUint16(18, 62, true)
  view.setBigUint64(32, 64n, true)
  view.setUint16(54, 56, true)
  view.setUint16(56, 2, true)
  const segment = (at: number, type: number, offset: number, address: number, size: number) => {
    view.setUint32(at, type, true)
    view.setBigUint64(at + 8, BigInt(offset), true)
    view.setBigUint64(at + 16, BigInt(address), true)
    view.setBigUint64(at + 32, BigInt(size), true)
  }
  segment(64, 1, stringsAt, 0x1000, strings.length)
  segment(120, 2, dynamicAt, 0x800, entries.length * 16)
  for (const [i, [kind = 0, value = 0]] of entries.entries()) {
    view.setBigUint64(dynamicAt + i * 16, BigInt(kind), true)
    view.setBigUint64(dynamicAt + i * 16 + 8, BigInt(value), true)
  }
  bytes.set(new TextEncoder().encode(strings), stringsAt)
  return bytes
}

/** Writes files into a new folder and returns it. */
export async function folderOf(path: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  await mkdir(path, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(path, name, '..'), { recursive: true })
    await writeFile(join(path, name), content)
  }
  return path
}

/** The libraries of the CUDA provider as NVIDIA's libraries and driver would satisfy them. */
export const provider = {
  'libonnxruntime_providers_shared.so': elf('libc.so.6'),
  'libonnxruntime_providers_cuda.so': elf('libcudart.so.13', 'libcudnn.so.9', 'libcuda.so.1', 'libc.so.6'),
}

/** A Linux machine with all it takes; the tests take something away. */
export const machine = (binaries: string, folders: readonly string[], change: Partial<System> = {}): System => ({
  platform: 'linux',
  arch: 'x64',
  node: '20.19.0',
  runtime: { version: '1.30.0', root: binaries, binaries },
  folders,
  driver: '580.65.06',
  folder: join(binaries, 'elsewhere'),
  published: [],
  gpus: ['NVIDIA H200, 143771 MiB'],
  ...change,
})
