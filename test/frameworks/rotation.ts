/** Something that takes time. */
export interface Weighed {
  readonly name: string
  readonly seconds: number
}

/**
 * Shares out what does not fit into one run: as few parts as the budget allows, each name in exactly one of them, the
 * longest first into the part that has the most room.
 * @param budget seconds of a part; what takes longer alone is a part of its own
 */
export function partsOf<T extends Weighed>(all: readonly T[], budget: number): T[][] {
  const longestFirst = [...all].sort((a, b) => b.seconds - a.seconds || a.name.localeCompare(b.name))
  const parts: { room: number; list: T[] }[] = []
  for (const one of longestFirst) {
    const fitting = parts.filter(({ room }) => room >= one.seconds).sort((a, b) => b.room - a.room)[0]
    if (fitting) {
      fitting.list.push(one)
      fitting.room -= one.seconds
    } else parts.push({ room: budget - one.seconds, list: [one] })
  }
  return parts.map(({ list }) => list)
}

/** The part that a commit runs: by its hash, so that every part has its turn and a commit always the same. */
export const turnOf = (commit: string, parts: number): number => Number.parseInt(commit.slice(0, 8), 16) % parts
