import type { Attribute, Node } from './model.js'

interface Holder {
  readonly node: Node
}

const attribute = <K extends string>({ node }: Holder, name: string, kind: K) => {
  const found = node.attributes[name] as Attribute | undefined
  return found && kind in found ? (found as unknown as Record<K, unknown>)[kind] : undefined
}

/** Attributes of a node by name, or what stands for one that is left out. */
export const intOf = (n: Holder, name: string, otherwise: number): number =>
  (attribute(n, name, 'int') as number | undefined) ?? otherwise
export const floatOf = (n: Holder, name: string, otherwise: number): number =>
  (attribute(n, name, 'float') as number | undefined) ?? otherwise
export const intsOf = (n: Holder, name: string): readonly number[] | undefined =>
  attribute(n, name, 'ints') as readonly number[] | undefined
export const textOf = (n: Holder, name: string, otherwise: string): string =>
  (attribute(n, name, 'string') as string | undefined) ?? otherwise
