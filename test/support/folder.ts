import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Content of files by name: text, bytes, or what becomes JSON. */
export type Files = Readonly<Record<string, string | Uint8Array | object>>

const content = (value: Files[string]): string | Uint8Array =>
  typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value)

/** Writes files into the current folder. */
export async function write(files: Files): Promise<void> {
  for (const [name, value] of Object.entries(files)) {
    await mkdir(dirname(name), { recursive: true })
    await writeFile(name, content(value))
  }
}
