/** What an option may be; the first value is what holds where it is left out. */
export type Choices = Readonly<Record<string, readonly unknown[]>>

export type Row = Readonly<Record<string, unknown>>

/** A small generator of numbers (mulberry32): the same rows on every machine. */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Every pair of values that a row holds, as text. */
function pairsIn(row: Row): string[] {
  const cells = Object.entries(row).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return cells.flatMap((a, i) => cells.slice(i + 1).map((b) => `${a} ${b}`))
}

/** Rows drawn in all, and how many of them vie for each place. */
const drawn = 20_000
const contenders = 60

/**
 * Valid rows that hold every pair of values that any of many random valid rows holds, few of them: of some contenders
 * the one with the most new pairs is taken, until there are none. `mayBe` sorts out most rows at little cost, before
 * `isValid` looks at those that were taken.
 */
export function pairwise(choices: Choices, mayBe: (row: Row) => boolean, isValid: (row: Row) => boolean): Row[] {
  const random = numbersFrom(1)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const draw = (): Row => Object.fromEntries(Object.entries(choices).map(([key, values]) => [key, pick(values)]))
  let pool = Array.from({ length: drawn }, draw).filter(mayBe)
  const open = new Set(pool.flatMap(pairsIn))
  const fresh = (row: Row) => pairsIn(row).filter((pair) => open.has(pair)).length
  const rows: Row[] = []
  while (pool.length > 0) {
    const some = Array.from({ length: contenders }, () => pick(pool))
    let best = some.reduce((a, b) => (fresh(b) > fresh(a) ? b : a))
    if (fresh(best) === 0) {
      pool = pool.filter((row) => fresh(row) > 0)
      if (pool.length === 0) break
      best = pool[0] as Row
    }
    pool = pool.filter((row) => row !== best)
    if (!isValid(best)) continue
    for (const pair of pairsIn(best)) open.delete(pair)
    rows.push(best)
  }
  return rows
}
