import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hashOf, kinds } from './kinds.js'
import { pairwise, type Row } from './pairs.js'

/** Writes the tables anew: `npx tsx test/golden/make.ts [kind…]`. Review what changes. */
const succeeds =
  (make: (row: Row) => unknown) =>
  (row: Row): boolean => {
    try {
      make(row)
      return true
    } catch {
      return false
    }
  }

const asked = process.argv.slice(2)
for (const [name, kind] of Object.entries(kinds)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const known = new Map<Row, string | undefined>()
  const valid = succeeds((row) => known.set(row, hashOf(kind, row)))
  const rows = pairwise(kind.choices, succeeds(kind.check), valid)
  const lines = rows.map((row) => JSON.stringify([known.get(row)?.slice(0, 32), row]))
  writeFileSync(fileURLToPath(new URL(`graphs/${name}.json`, import.meta.url)), `[\n${lines.join(',\n')}\n]\n`)
  process.stdout.write(`${name}: ${rows.length} graphs\n`)
}
