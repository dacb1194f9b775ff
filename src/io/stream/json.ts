import { Tokenizer } from '@streamparser/json'
import { isForeseen, refuse } from '../fault.js'
import { Grammar, type Listener, type Open, type Scalar } from './grammar.js'
import { piecesOf, type Tell } from './pieces.js'

/** Those fields of an entry that are wanted and there: scalars, or lists of them. */
export type Entry = Readonly<Record<string, Scalar | readonly Scalar[]>>

/** The lists wanted of an object, by name, and the fields wanted of their entries. */
export type Wanted = Readonly<Record<string, readonly string[]>>

/** Hears of each entry; of nothing where the entry is no object. */
type Take = (list: string, index: number, entry: Entry | undefined) => void

/** Nobody names a thing by more, in characters. */
const longestToken = 2 ** 20

/** A list that is wanted is a few numbers; more are not kept. */
const longestList = 16

/** Keeps the wanted fields of one entry at a time. */
class Entries implements Listener {
  readonly found = new Set<string>()
  #list: string | undefined
  #entry: Record<string, Scalar | Scalar[]> | undefined

  constructor(
    readonly file: string,
    readonly wanted: Wanted,
    readonly take: Take,
  ) {}

  scalar(value: Scalar, open: readonly Open[]): void {
    if (this.#list === undefined) return
    if (open.length === 2) this.take(this.#list, this.#index(open), undefined)
    else this.#keep(value, value, open)
  }

  opened(list: boolean, around: readonly Open[]): void {
    const key = around.at(-1)?.key as string
    if (around.length === 1 && list && !around[0]?.list && Object.hasOwn(this.wanted, key)) this.#begin(key)
    else if (this.#list === undefined) return
    else if (around.length > 2) this.#keep([], null, around)
    else if (list) this.take(this.#list, this.#index(around), undefined)
    else this.#entry = {}
  }

  closed(around: readonly Open[]): void {
    if (this.#list === undefined) return
    if (around.length === 2 && this.#entry) {
      this.take(this.#list, this.#index(around), this.#entry)
      this.#entry = undefined
    }
    if (around.length === 1) this.#list = undefined
  }

  #begin(list: string): void {
    if (this.found.has(list)) refuse('E_JSON', this.file, `has "${list}" twice`)
    this.found.add(list)
    this.#list = list
  }

  #index(open: readonly Open[]): number {
    return (open[1]?.count as number) - 1
  }

  /** What is in a field, and what in the list that a field is. */
  #keep(field: Scalar | Scalar[], inside: Scalar, open: readonly Open[]): void {
    const key = open[2]?.key as string
    if (!this.#entry || open.length > 4 || !this.wanted[this.#list as string]?.includes(key)) return
    const kept = this.#entry[key]
    if (open.length === 3) this.#entry[key] = field
    else if (Array.isArray(kept) && open[3]?.list && kept.length < longestList) kept.push(inside)
  }
}

/** Reads tokens, none of which may grow without an end. */
class Tokens extends Tokenizer {
  #tooLong = false

  constructor(
    readonly file: string,
    grammar: Grammar,
  ) {
    super({ emitPartialTokens: true })
    this.onToken = ({ token, value, partial }) => {
      if (typeof value === 'string' && value.length > longestToken) this.#tooLong = true
      if (!partial) grammar.token(token, value as Scalar)
    }
  }

  override parseNumber(text: string): number {
    this.#tooLong ||= text.length > longestToken
    return Number(text)
  }

  override write(input: Uint8Array): void {
    this.#spoken(() => super.write(input))
    if (this.#tooLong)
      refuse(
        'E_LIMIT',
        this.file,
        `a word of more than ${longestToken} characters`,
        'check that this is the right file',
      )
  }

  override end(): void {
    this.#spoken(() => super.end())
  }

  #spoken(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (isForeseen(error)) throw error
      refuse('E_JSON', this.file, `not valid JSON: ${(error as Error).message}`, undefined, error)
    }
  }
}

/**
 * Goes through the entries of lists in the object that a JSON file is, in its order, without holding it whole.
 * @returns the lists that were there
 * @throws InputError as `piecesOf`, for what is no JSON, nests too deep or holds a list twice; whatever `take` throws
 */
export async function readEntries(path: string, wanted: Wanted, take: Take, tell?: Tell): Promise<ReadonlySet<string>> {
  const entries = new Entries(path, wanted, take)
  const grammar = new Grammar(path, entries)
  const tokens = new Tokens(path, grammar)
  for await (const piece of piecesOf(path, tell)) tokens.write(piece)
  tokens.end()
  if (!grammar.ended) refuse('E_JSON', path, 'not valid JSON: it ends too early', 'compare its size with the original')
  return entries.found
}
