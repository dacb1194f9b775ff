import { encodeModel, type Model, renameNode } from '../../onnx/index.js'
import { ConfigError, type LossConfig, lossModel, outputKeys, resolveConfig } from '../../yolo/index.js'

const outputsOf = ({ body }: Model): string[] => body.outputs.map(({ name }) => name)

const misses = (model: Model, wanted: readonly string[]): number => {
  const has = outputsOf(model)
  return wanted.filter((name) => !has.includes(name)).length
}

/** The graph with one more kind of outputs; undefined where its configuration cannot have it. */
function withMore(config: LossConfig, key: string) {
  if (config[key as keyof LossConfig] !== false) return undefined
  try {
    const more = resolveConfig({ ...config, [key]: true })
    return { config: more, model: lossModel(more) }
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

/** Our graph of a configuration; of a foreign graph nobody said which outputs it has, so those are added that it has. */
export function ourModel(config: LossConfig, wanted: readonly string[]): Model {
  let best = { config, model: lossModel(config) }
  for (const key of outputKeys) {
    const missing = misses(best.model, wanted)
    const more = missing > 0 ? withMore(best.config, key) : undefined
    if (more && misses(more.model, wanted) < missing) best = more
  }
  return best.model
}

/** A model whose inputs and outputs have other names, as a file. */
export function encodedAs(model: Model, names: ReadonlyMap<string, string>): Uint8Array {
  if (names.size === 0) return encodeModel(model)
  const value = (name: string) => names.get(name) ?? name
  const info = <T extends { readonly name: string }>(v: T): T => ({ ...v, name: value(v.name) })
  const { body } = model
  const nodes = body.nodes.map((node) => renameNode(node, { value, info }))
  const [inputs, outputs, values] = [body.inputs.map(info), body.outputs.map(info), body.values.map(info)]
  return encodeModel({ ...model, body: { ...body, nodes, inputs, outputs, values } })
}
