import { yoloIgnore } from '../../../reference/index.js'
import { rowsAt } from './rows.js'
import type { SceneConfig, Tensors } from './tensors.js'

/** Cells must keep this many times the margin that float32 may consume. */
const SAFETY = 4

/** Step of tw by which a cell is moved; a multiple of 2^-10, as all logits are. */
const STEP = 0.0625
const ROUNDS = 20

/**
 * Move every prediction whose best IoU lies too near the threshold, so that all runtimes agree on the mask.
 *
 * @param round a number as the element type of the logits has it
 * @returns how many times a cell was moved; what cannot be helped that way stays where it is
 */
export function settle(tensors: Tensors, config: SceneConfig, round: (x: number) => number = (x) => x): number {
  let moved = 0
  for (let turn = 0; turn < ROUNDS; turn++) {
    const near = cellsNearThreshold(tensors, config)
    if (near.size === 0) return moved
    for (const { logits } of rowsAt(tensors, near)) logits[2] = round((logits[2] ?? 0) + STEP)
    moved += near.size
  }
  return moved
}

/** Cells whose κ float32 might not reproduce, as indices over all scales. */
export function cellsNearThreshold(tensors: Tensors, config: SceneConfig): Set<number> {
  const { ignoreThreshold: θ } = config
  const near = new Set<number>()
  let index = 0
  for (const { bestIou, low, high } of yoloIgnore({ ...config, ...tensors }))
    for (const [i, best] of bestIou.entries()) {
      const [down, up] = [best - (low[i] ?? Number.NaN), (high[i] ?? Number.NaN) - best]
      const isSure = best < θ ? best + SAFETY * up < θ : Math.max(best - SAFETY * down, 0) >= θ
      if (best !== Number.NEGATIVE_INFINITY && !isSure) near.add(index)
      index++
    }
  return near
}
