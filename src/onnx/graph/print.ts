import { expectArguments, spellNumber, type Tensor } from '../../io/index.js'
import { typeText } from './errors.js'
import { type Attribute, type Body, type Initializer, type Model, ofModel } from './model.js'

/**
 * Text form of a model, made to be read and to give small diffs: one line for each input, output, table and node, short
 * constants in their places, nothing numbered.
 */
export function printModel(model: Model): string {
  expectArguments('printModel', { model: ofModel }, { model })
  const { body, metadata } = model
  const stamps = Object.entries(metadata).map(([key, text]) => `${key}: ${text}`)
  const head = [`model ${body.name}`, `opset ${model.opset}, IR ${model.irVersion}`, ...stamps]
  return `${[...head, '', ...printBody(body, new Map())].join('\n')}\n`
}

function printBody(body: Body, outer: ReadonlyMap<string, string>): string[] {
  const short = body.initializers.filter(isShort)
  const tables = body.initializers.filter((c) => !isShort(c))
  const spelled = new Map([...outer, ...short.map(({ name, tensor }) => [name, literal(tensor)] as const)])
  const types = new Map([...body.values, ...body.outputs].map((v) => [v.name, typeText(v)]))
  return [
    ...body.inputs.map((v) => `input ${v.name} ${typeText(v)}`),
    ...body.outputs.map((v) => `output ${v.name} ${typeText(v)}`),
    ...tables.map(({ name, tensor }) => `table ${name} ${typeText(tensor)} ${literal(tensor)}`),
    '',
    ...body.nodes.flatMap((n) => {
      const plain = Object.entries(n.attributes).filter(([, a]) => !('graph' in a))
      const settings = plain.map(([key, a]) => ` ${key}=${attribute(a)}`).join('')
      const operands = n.inputs.map((name) => spelled.get(name) ?? name).join(', ')
      const results = n.outputs.map((name) => `${name} ${types.get(name) ?? ''}`).join(', ')
      const bodies = Object.entries(n.attributes).flatMap(([key, a]) =>
        'graph' in a ? [`${key}:`, ...printBody(a.graph, spelled).map(indent)] : [],
      )
      return [`${results} = ${n.op}(${operands})${settings}`, ...bodies.map(indent)]
    }),
  ]
}

const indent = (line: string): string => (line === '' ? '' : `  ${line}`)

const isShort = ({ tensor }: Initializer): boolean => tensor.shape.length < 2 && tensor.data.length <= 8

function attribute(a: Attribute): string {
  if ('int' in a) return String(a.int)
  if ('ints' in a) return `[${a.ints}]`
  if ('float' in a) return String(a.float)
  if ('floats' in a) return `[${a.floats}]`
  if ('attribute' in a) return `@${a.attribute}`
  if ('string' in a) return JSON.stringify(a.string)
  if ('tensor' in a) return `${a.tensor.dtype} ${literal(a.tensor)}`
  return ''
}

function literal({ dtype, shape, data }: Tensor): string {
  const shown = 24
  const numbers = Array.from(data.slice(0, shown) as Float32Array, (x: number | bigint) => spellNumber(dtype, x))
  if (shape.length === 0) return numbers[0] as string
  return `[${numbers.join(',')}${data.length > shown ? ',…' : ''}]`
}
