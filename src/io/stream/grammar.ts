import { TokenType } from '@streamparser/json'
import { refuse } from '../fault.js'

/** A value that is neither object nor list. */
export type Scalar = string | number | boolean | null

/** An object or list that is being read. */
export interface Open {
  readonly list: boolean
  /** The key of the value that comes, in an object. */
  key: string
  /** How many values have begun in it. */
  count: number
}

/** Hears of values as they come; `open` are the objects and lists around them, outermost first. */
export interface Listener {
  scalar(value: Scalar, open: readonly Open[]): void
  opened(list: boolean, around: readonly Open[]): void
  closed(around: readonly Open[]): void
}

// What may come next, as bits.
const [value, key, colon, comma, end] = [1, 2, 4, 8, 16] as const
const words = { [value]: 'value', [key]: 'key', [colon]: 'colon', [comma]: 'comma', [end]: 'end' }

/** No file that is meant for us nests so deep, and a hostile one cannot fill the memory with brackets. */
const deepest = 64

/** Holds tokens against the grammar of JSON; how tokens follow one another is not for a reader of tokens to say. */
export class Grammar {
  readonly #open: Open[] = []
  #next: number = value

  constructor(
    readonly file: string,
    readonly listener: Listener,
  ) {}

  /** Whether the whole value has been read. */
  get ended(): boolean {
    return this.#next === 0
  }

  /** The next token. @internal: its type is the bundled reader’s */
  token(token: TokenType, content: Scalar): void {
    const inner = this.#open.at(-1)
    const closes = token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET
    if (closes && this.#next & end && inner?.list === (token === TokenType.RIGHT_BRACKET)) {
      this.#open.pop()
      this.listener.closed(this.#open)
      this.#done()
    } else if (token === TokenType.COMMA && this.#next & comma) this.#next = inner?.list ? value : key
    else if (token === TokenType.COLON && this.#next & colon) this.#next = value
    else if (token === TokenType.STRING && inner && this.#next & key) {
      inner.key = content as string
      this.#next = colon
    } else if (this.#next & value) this.#value(token, content, inner)
    else this.refuse(content)
  }

  /** @throws InputError always */
  refuse(found: Scalar): never {
    const wanted = Object.entries(words).flatMap(([bit, word]) => (this.#next & Number(bit) ? [word] : []))
    const place = this.ended ? 'after its end' : `where ${wanted.join(' or ')} should be`
    return refuse('E_JSON', this.file, `not valid JSON: ${JSON.stringify(found).slice(0, 80)} ${place}`)
  }

  #value(token: TokenType, content: Scalar, inner: Open | undefined): void {
    if (inner) inner.count++
    if (token >= TokenType.TRUE) {
      this.listener.scalar(content, this.#open)
      this.#done()
      return
    }
    const list = token === TokenType.LEFT_BRACKET
    if (!list && token !== TokenType.LEFT_BRACE) this.refuse(content)
    if (this.#open.length === deepest)
      refuse('E_LIMIT', this.file, `lists and objects more than ${deepest} deep`, 'check that this is the right file')
    this.listener.opened(list, this.#open)
    this.#open.push({ list, key: '', count: 0 })
    this.#next = (list ? value : key) | end
  }

  #done(): void {
    this.#next = this.#open.length === 0 ? 0 : comma | end
  }
}
