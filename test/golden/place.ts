import { cp } from 'node:fs/promises'
import { afterAll } from 'vitest'
import { fixtures, readFixture } from '../support/cases.js'
import { type Files, write } from '../support/folder.js'
import { scratch } from '../verify/cases.js'

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
