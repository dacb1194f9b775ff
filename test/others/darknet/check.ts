import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configFrom } from '../../../src/cli/groups/config.js'
import { anchorsOf } from '../../../src/yolo/config/config.js'

/** Every configuration file of a folder with a `[yolo]` section, against the values its own text shows. */
const [folder = ''] = process.argv.slice(2)
let [passed, failed] = [0, 0]
for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith('.cfg')) continue
  const text = readFileSync(join(folder, name), 'utf8')
  if (!/^\[yolo\]/m.test(text)) continue
  const faults = faultsOf(join(folder, name), text)
  if (faults.length > 0) failed++
  else passed++
  console.log(`${faults.length > 0 ? 'FAIL' : 'pass'}  ${name}${faults.map((fault) => `\n      ${fault}`).join('')}`)
}
if (passed + failed === 0) console.error(`${folder} holds no configuration file with a [yolo] section`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0

/** The sections are cut out by pattern here, so that a fault of the reader does not hide. */
function faultsOf(file: string, text: string): string[] {
  const numbers = (pattern: RegExp, part: string): string => (pattern.exec(part)?.[1] ?? '').replace(/\s/g, '')
  const parts = text.split(/^\[yolo\]/m).slice(1)
  const { config, input } = configFrom({ config: file })
  const faults: string[] = []
  const compare = (what: string, got: unknown, wanted: unknown) => {
    if (String(got) !== String(wanted)) faults.push(`${what}: read ${got}, the file has ${wanted}`)
  }
  compare('scales', config.anchorMask.length, parts.length)
  for (const [l, part] of parts.entries()) {
    const pairs = numbers(/^anchors\s*=(.*)$/m, part)
      .split(',')
      .map(Number)
    const mask = numbers(/^mask\s*=(.*)$/m, part)
      .split(',')
      .map(Number)
    compare(
      `anchors of scale ${l}`,
      anchorsOf(config, l),
      mask.flatMap((n) => pairs.slice(2 * n, 2 * n + 2)),
    )
    compare('anchors', config.anchors, pairs)
    compare('classes', config.classes, numbers(/^classes\s*=(.*)$/m, part))
    compare('threshold', config.ignoreThreshold, Number(numbers(/^ignore_thresh\s*=(.*)$/m, part)))
  }
  compare('height', input?.[0], numbers(/^height\s*=(.*)$/m, text))
  compare('width', input?.[1], numbers(/^width\s*=(.*)$/m, text))
  return faults
}
