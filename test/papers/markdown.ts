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

/** A fenced block. */
export interface Block {
  /** What stands behind the opening fence. */
  readonly language: string
  readonly text: string
}

/** A command line of a block, and what is shown below it. */
export interface Shown {
  /** Words behind `yolo-loss`. */
  readonly words: readonly string[]
  readonly lines: readonly string[]
}

/** Fenced blocks, one after another, so that the end of one is not taken for the start of the next. */
const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', inside = '']) => ({ language, text: inside }))

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

const wordsOf = (line: string): string[] => line.replace(/\s#.*/, '').trim().split(/\s+/)

/** The lines of the shell blocks that start a program. */
export const shellLines = ({ blocks }: Paper): string[][] =>
  blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n').map(wordsOf))

/** The commands of a block that shows what they print. */
export function shownBy({ text }: Block): Shown[] {
  return text
    .split(/^\$ npx yolo-loss /m)
    .slice(1)
    .map((part) => {
      const [line = '', ...lines] = part.trimEnd().split('\n')
      return { words: wordsOf(line), lines: lines.filter((shown) => shown.trim() !== '' && shown.trim() !== '…') }
    })
}
