import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readArrays, readJson, type Tensor } from '../../../src/io/index.js'
import type { Batch } from './batches.js'
import { type Comparison, compare, compareRecorded } from './compare.js'
import type { Expectation } from './held.js'
import type { Program } from './programs/program.js'

/** Which program ran, and why it did not take a batch. */
export interface Run {
  readonly program: string
  readonly version: string
  readonly refused: Readonly<Record<string, string>>
}

/** What was kept of a run. */
export interface Recorded extends Run {
  /** How many numbers were compared, one by one. */
  readonly numbers: number
  /** The largest difference from the reference, relative to the largest number of its array. */
  readonly farthest: number
  /** By batch and array. */
  readonly batches: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>
}

/** What a program returned of a batch. */
export interface Returned {
  readonly names: readonly string[]
  readonly against: (expected: Expectation, program: Program) => Comparison | undefined
}

/** Where results come from. */
export interface Results extends Run {
  readonly of: (batch: Batch) => Promise<Returned>
}

/** Of a folder that a runner wrote. */
export async function resultsIn(folder: string): Promise<Results> {
  const run = (await readJson(join(folder, 'program.json'))) as Run
  const of = async ({ name }: Batch): Promise<Returned> => {
    const arrays = await arraysIn(folder, name)
    const against = (expected: Expectation, program: Program) => {
      const got = arrays.get(expected.name)
      return got && compare(expected, got.data, program)
    }
    return { names: [...arrays.keys()], against }
  }
  return { ...run, of }
}

/** The arrays of a folder that a runner wrote. */
export const arraysIn = (folder: string, batch: string): Promise<Map<string, Tensor>> =>
  readArrays(join(folder, `${batch}.npz`))

export const recordOf = (profile: string): string => join(import.meta.dirname, 'recorded', `${profile}.json`)

/** Of what was recorded of a program; undefined if nothing was. */
export async function recordedResults(profile: string): Promise<Results | undefined> {
  const file = recordOf(profile)
  if (!existsSync(file)) return undefined
  const { batches, ...run } = (await readJson(file)) as Recorded
  const of = async ({ name }: Batch): Promise<Returned> => {
    const arrays = batches[name] ?? {}
    const against = (expected: Expectation, program: Program) => {
      const got = arrays[expected.name]
      return got && compareRecorded(expected, got, program)
    }
    return { names: Object.keys(arrays), against }
  }
  return { ...run, of }
}
