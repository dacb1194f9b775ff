import { type OracleInput, yoloLoss } from '../../../reference/index.js'
import { rowsOf } from './rows.js'
import type { FixtureConfig, FixtureInputs, Tensors } from './types.js'

/** Cells must keep this many times the margin that float32 may consume. */
const SAFETY = 4

/** Step of tw by which a cell is moved; a multiple of 2^-10, as all logits are. */
const STEP = 0.0625
const ROUNDS = 20

/**
 * Move every prediction whose best IoU lies too near the threshold, so that all runtimes agree on the mask.
 *
 * @returns how many times a cell was moved
 * @throws Error if that does not help
 */
export function settle(tensors: Tensors, config: FixtureConfig): number {
  let moved = 0
  for (let round = 0; round < ROUNDS; round++) {
    const near = cellsNearThreshold(tensors, config)
    if (near.size === 0) return moved
    let index = 0
    for (const { logits } of rowsOf(tensors)) if (near.has(index++)) logits[2] = (logits[2] ?? 0) + STEP
    moved += near.size
  }
  throw new Error(`cells stay near the threshold ${config.ignoreThreshold} after ${ROUNDS} rounds`)
}

/** The inputs of a case after `settle`, with what is said of them. */
export function settled(tensors: Tensors, config: FixtureConfig, said: FixtureInputs['provenance']): FixtureInputs {
  const moved = settle(tensors, config)
  return { ...tensors, provenance: { ...said, moved } }
}

/** Cells whose κ float32 might not reproduce, as indices over all scales. */
export function cellsNearThreshold(tensors: Tensors, config: FixtureConfig): Set<number> {
  const near = new Set<number>()
  let index = 0
  for (const { bestIou, iouMargin } of yoloLoss({ ...config, ...tensors } satisfies OracleInput).scales)
    for (const [i, best] of bestIou.entries()) {
      const distance = Math.abs(best - config.ignoreThreshold)
      if (!(distance >= SAFETY * (iouMargin[i] ?? Number.NaN))) near.add(index)
      index++
    }
  return near
}
