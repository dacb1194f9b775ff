import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type CaseContent, writeCase } from '../../src/verify/cases/writecase.js'
import { pair, sumBytes } from '../runtime/models.js'

/** A folder that goes when the tests of the file are done. */
export async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'yolo-loss-test-'))
  afterAll(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** `y = x + w`, with the right answer. */
export const sumCase: CaseContent = {
  model: sumBytes,
  inputs: [
    { name: 'x', tensor: pair(1, 2) },
    { name: 'w', tensor: pair(10, 20) },
  ],
  outputs: [{ name: 'y', tensor: pair(11, 22) }],
  tolerances: { rtol: 2e-6, atol: 0 },
  info: { seed: 1 },
}

/** Writes the case of a sum, changed in part, and returns its folder. */
export async function writeSum(root: string, name: string, change: Partial<CaseContent> = {}): Promise<string> {
  const dir = join(root, name)
  await writeCase(dir, { ...sumCase, ...change })
  return dir
}
