import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpz } from '../../../src/io/index.js'
import { batches } from './batches.js'

/**
 * Writes what every program is given: `<batch>.npz` with `y_pred_l` and `boxes`, and `<batch>.json` with the configuration.
 *
 *     tsx make.ts FOLDER
 */
const [folder = ''] = process.argv.slice(2)

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const { name, config, size, logits, boxes } of await batches('fixtures')) {
    const named = [...logits.map((tensor, l) => ({ name: `y_pred_${l}`, tensor })), { name: 'boxes', tensor: boxes }]
    writeFileSync(join(folder, `${name}.npz`), await encodeNpz(named))
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ ...config, input: size }, undefined, 2)}\n`)
  }
}

main()
