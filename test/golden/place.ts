import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll } from 'vitest'
import { fixtures, readFixture } from '../support/cases.js'
import { scratch } from '../verify/cases.js'

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

/** Makes a new folder the current one until the tests of the file are done: command lines then name files, not paths. */
export async function workIn(files: Files = {}): Promise<void> {
  const before = process.cwd()
  const folder = await scratch()
  // What was registered last runs first, before the folder goes.
  afterAll(() => process.chdir(before))
  process.chdir(folder)
  // Colours would be a part of the texts.
  delete process.env.FORCE_COLOR
  await write(files)
}

/** Copies committed cases into `fixtures`, where commands look for them, and the configuration of each into `NAME.json`. */
export async function bring(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await cp(`${fixtures}/${name}`, `fixtures/${name}`, { recursive: true })
    const { info } = await readFixture(name)
    await write({ [`${name}.json`]: info.config as object })
  }
}
