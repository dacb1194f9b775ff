import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { workIn } from '../golden/place.js'
import { cellsOf, choicesOf, type Kit, nameOf, pairsIn, rowOf, spelled, type Table } from './kit.js'
import { faultOf, outcomeOf } from './outcome.js'

const tableOf = ({ command }: Kit): Table =>
  JSON.parse(readFileSync(new URL(`tables/${command}.json`, import.meta.url), 'utf8'))

const anew = 'npx tsx test/pairs/make.ts, and review what is refused now'

/** The tests of a command's table; a file of tests for each, so that they run side by side. */
export async function pairsOf(kit: Kit): Promise<void> {
  const { rows, refused } = tableOf(kit)
  await workIn()
  await kit.prepare()

  describe(`every pair of flags of yolo-loss ${kit.command}`, () => {
    it('stands in a line that is accepted, or is refused for a reason', () => {
      const held = new Set(rows.flatMap((row) => pairsIn(cellsOf(rowOf(row))).map(nameOf)))
      const alone = choicesOf(kit).filter((value) => !(spelled(value) in refused))
      const missing = pairsIn(alone).map(nameOf).filter((name) => !held.has(name) && !(name in refused)) // biome-ignore format: one line
      expect(missing, anew).toEqual([])
    })

    it.each(rows)('is right together: %s', async (row) => {
      expect(await faultOf(kit, rowOf(row))).toBeUndefined()
    })

    it('is refused for the reason it was', async () => {
      const now: Record<string, string> = {}
      for (const line of Object.keys(refused)) now[line] = (await outcomeOf(kit, rowOf(line))).reason
      expect(now, anew).toEqual(refused)
    })
  })
}
