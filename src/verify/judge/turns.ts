import { setImmediate } from 'node:timers/promises'

/** What work makes of each item, one after another; in between signals are heard. */
export async function oneByOne<T, R>(items: readonly T[], work: (item: T, i: number) => R | Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const [i, item] of items.entries()) {
    results.push(await work(item, i))
    await setImmediate()
  }
  return results
}
