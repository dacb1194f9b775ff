import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../house/source.js'

/** A page of the repository. */
export interface Paper {
  /** Path below the root. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
}

/** A fenced block; its opening fence is "```language tag file". */
export interface Block {
  readonly language: string
  /** What it needs to be run. */
  readonly tag: string
  /** What the file is called that it shows, if it does. */
  readonly file: string
  readonly text: string
  /** Line of its opening fence. */
  readonly line: number
}

/** A command line of a block, and what is shown below it. */
export interface Shown {
  readonly command: string
  readonly lines: readonly string[]
}

/** Fenced blocks, one after another, so that the end of one is not taken for the start of the next. */
export const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(({ 1: fence = '', 2: inside = '', index }) => {
    const [language = '', tag = '', file = ''] = fence.split(' ')
    return { language, tag, file, text: inside, line: text.slice(0, index).split('\n').length }
  })

function read(path: string): Paper {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, blocks: blocksOf(text) }
}

const below = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: folder !== '', encoding: 'utf8' })
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md'))

/** Every page of the repository. */
export const papers: readonly Paper[] = ['', 'src', 'test', 'graphs', 'fixtures'].flatMap(below).sort().map(read)

export const paper = (path: string): Paper => papers.find((one) => one.path === path) as Paper

/** The text without its blocks, whose brackets are no links. */
export const prose = ({ text }: Paper): string => text.replace(/^```.*?^```$/gms, '')

/** Targets of links inside the repository, and whether each is a place on a page. */
export const linksOf = (page: Paper): string[] =>
  [...prose(page).matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, target]) => target as string)

/** Names of the places of a page, as GitHub makes them from its titles. */
export const placesOf = (page: Paper): string[] =>
  [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Command lines of a block, without what is said behind `#`. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+# .*/, '').trim())
    .filter((line) => line !== '')

/** The command lines of a page, those that show what they print among them. */
export const commandsOf = ({ blocks }: Paper): string[] =>
  blocks.flatMap((block) => {
    if (block.language === 'sh') return linesOf(block.text)
    return block.language === 'console' ? shownBy(block).map(({ command }) => command) : []
  })

/** The commands of a block that shows what they print. */
export function shownBy({ text }: Pick<Block, 'text'>): Shown[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = '', ...lines] = part.trimEnd().split('\n')
      return { command: linesOf(line)[0] ?? '', lines: lines.filter((l) => l.trim() !== '' && l.trim() !== '…') }
    })
}
