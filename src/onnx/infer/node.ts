import { isDType, quoted, refuse } from '../../io/index.js'
import type { Attribute, Node } from '../graph/model.js'
import { exact } from '../proto/codec.js'
import { isExternal, tensorFrom } from '../proto/decode.js'
import type { AttributeProto, NodeProto } from '../proto/messages.js'
import { domainKey } from '../proto/read.js'

/** Attributes by the number of their type in ONNX. */
const kinds: Readonly<Record<number, (a: AttributeProto, file: string) => Attribute | undefined>> = {
  1: ({ f }) => ({ float: f }),
  2: ({ i }) => ({ int: exact(i) }),
  3: ({ s }) => ({ string: new TextDecoder().decode(s) }),
  4: ({ t }, file) => {
    const tensor = t && !isExternal(t) ? tensorFrom(t, file).tensor : undefined
    return tensor && isDType(tensor.dtype) ? ({ tensor } as Attribute) : undefined
  },
  6: ({ floats }) => ({ floats }),
  7: ({ ints }) => ({ ints: ints.map(exact) }),
}

/**
 * A node of a file as the builder has it, named after its first result where it has no name.
 * @throws InputError for one of another domain, or with attributes that the builder does not have, such as subgraphs
 */
export function nodeOf({ name, opType, domain, input, output, attribute }: NodeProto, file: string): Node {
  const own = name || (output[0] ?? '')
  const where = `${file}, node ${quoted(own)} (${opType})`
  if (domainKey(domain) !== '')
    refuse('E_NODE', where, `is of the domain ${quoted(domain)}`, 'export it with operators of ONNX alone')
  const attributes = attribute.map((a): [string, Attribute] => {
    const remedy = 'export it without control flow, and with constants of plain types'
    return [
      a.name,
      kinds[a.type]?.(a, file) ?? refuse('E_NODE', where, `attribute ${quoted(a.name)} cannot be taken over`, remedy),
    ]
  })
  return {
    name: own,
    op: opType,
    inputs: input,
    outputs: output,
    attributes: Object.fromEntries(attributes),
  }
}
