import type { Tensor } from '../../../../src/io/tensor.js'
import type { Fault } from '../mutants.js'
import { type Change, fresh, reading, type Site } from '../sites.js'

type Number = (x: number) => number

/** What may be done to each element of a table. */
const real: Readonly<Record<string, Number>> = {
  '× 1.01': (x) => x * 1.01,
  '× 0.99': (x) => x * 0.99,
  '+ 1': (x) => x + 1,
  '− 1': (x) => x - 1,
}
const whole: Readonly<Record<string, Number>> = { '+ 1': (x) => x + 1, '− 1': (x) => x - 1 }
const truth: Readonly<Record<string, Number>> = { negated: (x) => 1 - x }

const byType: Partial<Record<Tensor['dtype'], Readonly<Record<string, Number>>>> = {
  float32: real,
  float64: real,
  int64: whole,
  bool: truth,
}

/** A tensor with some of its elements changed; undefined where that changes none. */
function edited(tensor: Tensor, edit: Number, at?: number): Tensor | undefined {
  const data = tensor.data.slice()
  for (let i = 0; i < data.length; i++) {
    if (at !== undefined && i !== at) continue
    const x = edit(globalThis.Number(data[i]))
    data[i] = (tensor.dtype === 'int64' ? BigInt(x) : x) as never
  }
  const same = data.every((x, i) => Object.is(x, tensor.data[i]))
  return same ? undefined : ({ ...tensor, data } as Tensor)
}

/** The tensors that stand for a constant that is a little wrong, and what is wrong with each. */
function versions(tensor: Tensor): (readonly [string, Tensor])[] {
  const edits = Object.entries(byType[tensor.dtype] ?? {})
  const middle = Math.floor(tensor.data.length / 2)
  const [first] = edits
  const all = edits.map(([what, edit]) => [what, edited(tensor, edit)] as const)
  const one =
    first && tensor.data.length > 1 ? [[`[${middle}] ${first[0]}`, edited(tensor, first[1], middle)] as const] : []
  return [...all, ...one].flatMap(([what, found]) => (found ? [[what, found] as const] : []))
}

/** A constant may be read in several places; it is changed for one of them. */
const operands = (site: Site): Fault[] =>
  site.node.inputs.flatMap((name, i) => {
    const tensor = site.constant(name)
    return (tensor ? versions(tensor) : []).map(([what, found]) => {
      const own = fresh(site, `constant${i}`)
      const change: Change = { nodes: [reading(site.node, i, own)], constants: [{ name: own, tensor: found }] }
      return { what: `constant ${i} ${what}`, change }
    })
  })

/** Tables that are attributes. */
const attributes = ({ node }: Site): Fault[] =>
  Object.entries(node.attributes).flatMap(([key, a]) =>
    ('tensor' in a ? versions(a.tensor) : []).map(([what, tensor]) => ({
      what: `${key} ${what}`,
      change: { nodes: [{ ...node, attributes: { ...node.attributes, [key]: { tensor } } }] },
    })),
  )

/** Constants that are a little wrong. */
export const inConstants = (site: Site): Fault[] => [...operands(site), ...attributes(site)]
