import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Block, papers } from '../../papers/markdown.js'
import { inEmptyPackage, repository } from '../package/shell.js'
import { missingLine } from './alike.js'
import { type Place, succeeds, without } from './kinds.js'
import { clone, furnished, packed } from './places.js'
import { drawings, kinds, type Tag, tags } from './tags.js'

/**
 * Runs the fenced blocks of every page as whoever reads it would.
 *
 *     tsx main.ts [TAG …]              those of all tags that are run here, or of some
 *     tsx main.ts TAG --printed FILE   compares those of a tag with what its own script has printed
 */

const counts = { passed: 0, failed: 0 }

function tell(where: string, fault: string | undefined): void {
  if (fault === undefined) counts.passed++
  else counts.failed++
  console.log(fault === undefined ? `pass  ${where}` : `FAIL  ${where}\n${fault.replace(/^/gm, '      ')}`)
}

/** Pages with blocks of a tag, and these. */
const pagesOf = (tag: string): (readonly [path: string, blocks: readonly Block[]])[] =>
  papers
    .map(({ path, blocks }) => [path, blocks.filter((b) => b.tag === tag && !drawings.includes(b.language))] as const)
    .filter(([, blocks]) => blocks.length > 0)

const nameOf = (path: string, { line, language, tag }: Block): string => `${path}:${line}, ${language} ${tag}`

async function runPage(path: string, blocks: readonly Block[], place: Place): Promise<void> {
  for (const block of blocks) {
    const run = kinds[block.language]
    const fault = run ? await run(block, place).catch((error: unknown) => String(error)) : 'is of no known language'
    tell(nameOf(path, block), fault)
  }
}

async function runTag(tag: string, consumer: string): Promise<void> {
  const known: Tag = tags[tag] ?? { where: 'package', needs: 'nothing known' }
  const { where, behind = [], needs, probe, python = '.venv-pages/bin/python' } = known
  for (const [path, blocks] of pagesOf(tag)) {
    const folder = where === 'clone' ? await clone(consumer) : await furnished(consumer, `${tag}/${path}`)
    const place: Place = { folder, behind, python: join(repository, python), printed: '' }
    const can = probe === undefined || (await succeeds(probe, place))
    if (can) await runPage(path, blocks, place)
    else for (const block of blocks) console.error(`DID NOT RUN: ${nameOf(path, block)}: it needs ${needs}`)
  }
}

function compareWith(tag: string, file: string): void {
  const printed = readFileSync(file, 'utf8')
  for (const [path, blocks] of pagesOf(tag))
    for (const block of blocks) {
      const lines = block.text.split('\n').filter((line) => line.trim() !== '')
      // Hundreds of steps of training amplify what processors round otherwise.
      tell(nameOf(path, block), without(missingLine(lines, printed, 0.05), printed))
    }
}

const args = process.argv.slice(2)
const [first = '', option, file = ''] = args
if (option === '--printed') compareWith(first, file)
else {
  const own = Object.keys(tags).filter((tag) => typeof tags[tag]?.where === 'string')
  await inEmptyPackage(async (consumer) => {
    await packed(consumer)
    for (const tag of args.length > 0 ? args : own) await runTag(tag, consumer)
  })
}
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
