import sax from 'sax'
import { refuse } from '../fault.js'
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

/** Without the names of HTML. */
const options = { position: true, strictEntities: true }

/** Makes elements of what the parser hears. */
class Tree {
  root: Element | undefined
  readonly #open: Open[] = []
  #count = 0

  /** @param place where the parser is */
  constructor(readonly place: () => { readonly where: string; readonly line: number }) {}

  open(name: string): void {
    const { where, line } = this.place()
    if (this.root) refuse('E_XML', where, 'not valid XML: a second root')
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
  const parser = sax.parser(true, options)
  const line = () => parser.line + 1
  const where = () => `${path}, line ${line()}`
  const tree = new Tree(() => ({ where: where(), line: line() }))
  parser.onerror = (error) => {
    // Line, column and character follow on lines of their own.
    const [why = ''] = error.message.split('\n')
    refuse('E_XML', where(), `not valid XML: ${why.toLowerCase()}`, undefined, error)
  }
  parser.ondoctype = () => refuse('E_XML', where(), 'a document type is not read', 'remove <!DOCTYPE …>')
  parser.onopentagstart = ({ name }) => tree.open(name)
  parser.ontext = (part) => tree.text(part)
  parser.oncdata = (part) => tree.text(part)
  parser.onclosetag = () => tree.close()
  parser.write(text).close()
  return tree.root ?? refuse('E_XML', path, 'holds no element', 'compare its size with the original')
}
