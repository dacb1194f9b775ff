import type { NodeProto } from './messages.js'
import { valuesRead } from './walk.js'

/** The outputs that a node has: an omitted one is `''`. */
export const made = (node: NodeProto): string[] => node.output.filter((name) => name !== '')

/** Nodes so that each comes after those it reads from; onnxruntime does not insist on that order in the file. */
export function inOrder(nodes: readonly NodeProto[]): NodeProto[] {
  const maker = new Map(nodes.flatMap((n) => made(n).map((o) => [o, n] as const)))
  const sorted = new Set<NodeProto>()
  // Iterative, as a chain of nodes may be longer than the call stack.
  for (const root of nodes) {
    const stack = [root]
    const open = new Set<NodeProto>()
    while (stack.length > 0) {
      const node = stack.at(-1) as NodeProto
      const before = valuesRead(node).flatMap((name) => maker.get(name) ?? [])
      const next = before.find((n) => !sorted.has(n) && !open.has(n))
      open.add(node)
      if (next) stack.push(next)
      else sorted.add(stack.pop() as NodeProto)
    }
  }
  return [...sorted]
}
