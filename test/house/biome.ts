import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './source.js'
import { overrides } from './walls.js'

/** Tells the linter of the walls: `npx tsx test/house/biome.ts` writes the overrides of `biome.json` anew. */
const file = join(root, 'biome.json')
const text = readFileSync(file, 'utf8')
writeFileSync(
  file,
  text.replace(/("overrides": \[\n).*?(\n {2}\])/s, (_, open, close) => `${open}${overrides()}${close}`),
)
