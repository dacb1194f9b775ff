import { SaxesParser } from 'saxes'
import { isForeseen, refuse } from '../fault.js'
import { readBytes } from '../files/read.js'

/** An element of an XML file. */
export interface Element {
  readonly name: string
  /** The line on which it begins, from 1. */
  readonly line: number
  /** The text in it, but not that of its children, without white space around it. */
  readonly text: string
  readonly children: readonly Element[]
}

interface Open {
  readonly name: string
  readonly line: number
  text: string
  readonly children: Element[]
}

/** What one image has of boxes is far less, and a hostile file cannot fill the memory. */
const limits = { bytes: 2 ** 24, deep: 64, elements: 2 ** 18 }

/** Makes elements of what the parser hears. */
class Tree {
  root: Element | undefined
  readonly #open: Open[] = []
  #count = 0

  /** @param place where the parser is */
  constructor(readonly place: () => { readonly where: string; readonly line: number }) {}

  open(name: string): void {
    const { where, line } = this.place()
    if (this.#open.length === limits.deep)
      refuse('E_LIMIT', where, `elements more than ${limits.deep} deep`, 'check that this is the right file')
    if (++this.#count > limits.elements)
      refuse('E_LIMIT', where, `more than ${limits.elements} elements`, 'check that this is the right file')
    this.#open.push({ name, line, text: '', children: [] })
  }

  text(text: string): void {
    const inner = this.#open.at(-1)
    if (inner) inner.text += text
  }

  close(): void {
    const { text, ...rest } = this.#open.pop() as Open
    const element = { ...rest, text: text.trim() }
    const around = this.#open.at(-1)
    if (around) around.children.push(element)
    else this.root = element
  }
}

/**
 * The root of an XML file. No entity is known but the five of XML itself, and nothing else is ever opened.
 * @throws InputError as `readBytes`; above 16 MiB, 64 levels or 262,144 elements; for a document type, and for what is no
 *   XML, with its line
 */
export async function readXml(path: string): Promise<Element> {
  const text = new TextDecoder().decode(await readBytes(path, limits.bytes))
  const parser = new SaxesParser({ position: true })
  const where = () => `${path}, line ${parser.line}`
  const tree = new Tree(() => ({ where: where(), line: parser.line }))
  parser.on('doctype', () => refuse('E_XML', where(), 'a document type is not read', 'remove <!DOCTYPE …>'))
  parser.on('opentagstart', ({ name }) => tree.open(name))
  parser.on('text', (part) => tree.text(part))
  parser.on('cdata', (part) => tree.text(part))
  parser.on('closetag', () => tree.close())
  try {
    parser.write(text).close()
  } catch (error) {
    if (isForeseen(error)) throw error
    const why = (error as Error).message.replace(/^\d+:\d+: /, '')
    refuse('E_XML', where(), `not valid XML: ${why}`, undefined, error)
  }
  return tree.root ?? refuse('E_XML', path, 'holds no element', 'compare its size with the original')
}
