import { writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Random } from '../../src/io/random.js'
import { cellsOf, choicesOf, type Kit, nameOf, type Pair, pairsIn, type Row, spelled } from './kit.js'
import { kits } from './kits.js'
import { outcomeOf } from './outcome.js'

/** Writes the tables anew: `npx tsx test/pairs/make.ts [command…]`. Review what changes: above all what is refused now. */

/** Flags of a line; with more of them most are refused. */
const most = 14

class Search {
  readonly rows: Row[] = []
  readonly refused = new Map<string, string>()
  readonly #kit: Kit
  readonly #random = new Random(1)
  readonly #values: Row[] = []
  readonly #open = new Map<string, Pair>()

  constructor(kit: Kit) {
    this.#kit = kit
  }

  /** Why a row is refused; undefined where it is not, and all its pairs are then done. */
  async #try(row: Row): Promise<string | undefined> {
    const { code, reason } = await outcomeOf(this.#kit, row)
    return code === 0 ? undefined : reason
  }

  #accept(row: Row): void {
    const before = this.#open.size
    for (const pair of pairsIn(cellsOf(row))) this.#open.delete(nameOf(pair))
    if (this.#open.size < before) this.rows.push(row)
  }

  /** More values, those first that make most new pairs, none that does not go with the others. */
  #wider(row: Row): Row {
    const cells = cellsOf(row)
    const rest = this.#values
      .map((value) => ({ value, gain: this.#gain(value, cells) + this.#random.uniform() }))
      .sort((a, b) => b.gain - a.gain)
    for (const { value } of rest) {
      if (cells.length >= most) break
      const flag = Object.keys(value)[0] as string
      if (cells.some((own) => flag in own)) continue
      if (cells.every((own) => !this.refused.has(nameOf([own, value])))) cells.push(value)
    }
    return Object.assign({}, ...cells)
  }

  #gain = (value: Row, cells: readonly Row[]): number =>
    cells.filter((own) => this.#open.has(nameOf([own, value]))).length

  /** As much of a row as is accepted together, given that its first `least` flags are. */
  async #accepted(row: Row, least: number): Promise<Row> {
    const cells = cellsOf(row)
    const first = (n: number): Row => Object.assign({}, ...cells.slice(0, n))
    for (let known = least; known < cells.length; ) {
      if ((await this.#try(first(cells.length))) === undefined) break
      let bad = cells.length
      while (bad - known > 1) {
        const middle = Math.floor((known + bad) / 2)
        if ((await this.#try(first(middle))) === undefined) known = middle
        else bad = middle
      }
      cells.splice(bad - 1, 1)
    }
    return first(cells.length)
  }

  /** The values with what they need to be accepted, or why they are not. */
  async #possible(row: Row): Promise<{ readonly row: Row } | { readonly why: string }> {
    const reasons: string[] = []
    for (const way of this.#kit.ways) {
      const why = await this.#try({ ...way, ...row })
      if (why === undefined) return { row: { ...row, ...way, ...row } }
      reasons.push(why)
    }
    return { why: reasons[0] as string }
  }

  async run(): Promise<void> {
    for (const value of choicesOf(this.#kit)) {
      const found = await this.#possible(value)
      if ('row' in found) this.#values.push(value)
      else this.refused.set(spelled(value), found.why)
    }
    for (const pair of pairsIn(this.#values)) this.#open.set(nameOf(pair), pair)
    for (const [name, [a, b]] of this.#open) {
      const found = await this.#possible({ ...a, ...b })
      if ('row' in found) this.#accept(await this.#accepted(this.#wider(found.row), Object.keys(found.row).length))
      else this.refused.set(name, found.why)
      this.#open.delete(name)
    }
  }
}

const asked = process.argv.slice(2)
process.chdir(await mkdtemp(join(tmpdir(), 'pairs-')))
for (const kit of kits.filter(({ command }) => asked.length === 0 || asked.includes(command))) {
  await kit.prepare()
  const search = new Search(kit)
  await search.run()
  const table = { rows: search.rows.map(spelled), refused: Object.fromEntries(search.refused) }
  const file = fileURLToPath(new URL(`tables/${kit.command}.json`, import.meta.url))
  writeFileSync(file, `${JSON.stringify(table, null, 1)}\n`)
  process.stdout.write(`${kit.command}: ${table.rows.length} rows, ${search.refused.size} refused\n`)
}
