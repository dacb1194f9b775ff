import { describe, expect, it } from 'vitest'
import { workIn } from '../golden/place.js'
import { drawings, kinds, tags } from '../others/pages/tags.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { blocksOf, commandsOf, papers } from './markdown.js'

await workIn()

const blocks = papers.flatMap(({ path, blocks }) => blocks.map((block) => [`${path}:${block.line}`, block] as const))
const asked = papers.flatMap((page) =>
  commandsOf(page)
    .filter((line) => /^npx (onnx-)?yolo-loss /.test(line))
    .map((line) => [page.path, line] as const),
)

describe('every fenced block', () => {
  it.each(blocks)('at %s says what it needs to be run', (_, { tag }) => {
    expect(Object.keys(tags)).toContain(tag)
  })

  it.each(blocks)('at %s is of a language that npm run test:pages can run or compare', (_, { language }) => {
    expect([...Object.keys(kinds), ...drawings]).toContain(language)
  })
})

it('a block without a tag is found, and one with a tag that there is none of', () => {
  const found = blocksOf('```sh\nls\n```\n\n```json base a.json\n{}\n```\n\n```\nplain\n```\n\n```sh bsae\nls\n```\n')
  expect(found.map(({ tag, file, line }) => [Object.hasOwn(tags, tag), file, line])).toEqual([
    [false, '', 1],
    [true, 'a.json', 5],
    [false, '', 9],
    [false, '', 13],
  ])
})

describe('the command lines', () => {
  it.each(asked)('%s: %s asks for options that exist', async (_, line) => {
    const [command = '', ...rest] = line.split(/\s+/).slice(2)
    const { stdout } = await yoloLoss([command, '--help'])
    for (const option of rest.filter((word) => /^--?[a-z]/.test(word)))
      expect(stdout).toMatch(new RegExp(`${option}\\b`))
  })
})
