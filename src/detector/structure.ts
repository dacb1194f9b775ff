import { quoted } from '../io/index.js'
import type { AttributeProto, GraphProto, ModelInfo, ModelProto, NodeProto } from '../onnx/index.js'
import { allNodes, domainKey, subgraphsOf } from '../onnx/index.js'
import { called, functionKey, refuse } from './common.js'
import { checkSparse, checkTensor, sparseIn, sparseName } from './tensors.js'

/**
 * Refuses graphs that contradict themselves: names defined twice or not at all, nodes out of order, tensors whose data
 * do not fit, operators of domains nobody imports, functions that call themselves. onnxruntime lets some of these pass.
 * @throws InputError naming the node, value or tensor
 */
export function checkStructure(model: ModelProto, info: ModelInfo, file: string): void {
  checkDomains(model, info, file)
  checkFunctions(model, file)
  for (const node of allNodes(model)) for (const attribute of node.attribute) checkAttribute(attribute, node, file)
  if (model.graph) checkGraph(model.graph, () => false, file)
}

function checkAttribute(attribute: AttributeProto, node: NodeProto, file: string): void {
  const { name, t, tensors } = attribute
  const subject = `attribute ${quoted(name)} of ${called(node)}`
  for (const tensor of [...(t ? [t] : []), ...tensors]) checkTensor(tensor, file, subject)
  for (const sparse of sparseIn(attribute)) checkSparse(sparse, file, `${subject}:`)
}

function checkDomains(model: ModelProto, info: ModelInfo, file: string): void {
  const stranger = allNodes(model).find((n) => {
    const domain = domainKey(n.domain)
    return !info.opsets.has(domain) && !model.functions.some((f) => domainKey(f.domain) === domain)
  })
  if (!stranger) return
  const what = `is of the domain ${quoted(stranger.domain || 'ai.onnx')}, whose opset is not imported`
  refuse('E_DOMAIN', file, `${called(stranger)} ${what}`, 'export the model anew')
}

/** All nodes of a list and of the graphs inside them. */
const nodesWithin = (nodes: readonly NodeProto[]): NodeProto[] =>
  nodes.flatMap((n) => [n, ...subgraphsOf(n).flatMap((body) => nodesWithin(body.node))])

function checkFunctions(model: ModelProto, file: string): void {
  const calls = new Map<string, string[]>()
  for (const f of model.functions) {
    const key = functionKey(f, f.name)
    if (calls.has(key)) refuse('E_FUNCTION', file, `function ${quoted(f.name)} is defined twice`)
    calls.set(
      key,
      nodesWithin(f.node).map((n) => functionKey(n, n.opType)),
    )
  }
  const key = selfCalling(calls)
  if (key === undefined) return
  refuse('E_FUNCTION', file, `function ${quoted(key.split('\n')[1] ?? '')} calls itself`, 'export the model anew')
}

/** A function that calls itself, if only by others. Not by recursion: a chain of calls can be longer than the stack. */
function selfCalling(calls: ReadonlyMap<string, readonly string[]>): string | undefined {
  const done = new Set<string>()
  const above = new Set<string>()
  const path: { readonly key: string; readonly ahead: Iterator<string> }[] = []
  const enter = (key: string): void => {
    above.add(key)
    path.push({ key, ahead: (calls.get(key) ?? []).values() })
  }
  for (const first of calls.keys()) {
    if (!done.has(first)) enter(first)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { value: callee, done: left } = top.ahead.next()
      if (left) {
        done.add(top.key)
        above.delete(top.key)
        path.pop()
      } else if (above.has(callee)) return callee
      else if (!done.has(callee)) enter(callee)
    }
  }
  return undefined
}

function checkGraph(graph: GraphProto, outer: (name: string) => boolean, file: string): void {
  const defined = checkedConstants(graph, file)
  const made = new Set(graph.node.flatMap((n) => n.output))
  const known = (name: string) => name === '' || defined.has(name) || outer(name)
  for (const node of graph.node) {
    const missing = node.input.find((name) => !known(name))
    if (missing !== undefined) refuseInput(node, missing, made.has(missing), file)
    for (const body of subgraphsOf(node)) checkGraph(body, known, file)
    for (const name of node.output) {
      if (name !== '' && defined.has(name))
        refuse('E_DUPLICATE', file, `${called(node)} makes ${quoted(name)}, which exists already`, 'rename one of them')
      defined.add(name)
    }
  }
  const orphan = graph.output.find((o) => !known(o.name))
  if (orphan) refuse('E_DANGLING', file, `no node makes the output ${quoted(orphan.name)}`)
}

/** The names of inputs and initializers. */
function checkedConstants(graph: GraphProto, file: string): Set<string> {
  const names = new Set<string>()
  for (const tensor of graph.initializer) checkTensor(tensor, file)
  for (const sparse of graph.sparseInitializer) checkSparse(sparse, file, 'initializer')
  for (const name of [...graph.initializer.map((t) => t.name), ...graph.sparseInitializer.map(sparseName)]) {
    if (names.has(name)) refuse('E_DUPLICATE', file, `initializer ${quoted(name)} is given twice`)
    names.add(name)
  }
  const inputs = new Set<string>()
  for (const { name } of graph.input) {
    if (inputs.has(name)) refuse('E_DUPLICATE', file, `input ${quoted(name)} is declared twice`)
    inputs.add(name)
  }
  return new Set([...names, ...inputs])
}

function refuseInput(node: NodeProto, name: string, later: boolean, file: string): never {
  const what = later
    ? `${called(node)} reads ${quoted(name)} before it is made: the nodes are out of order, or in a circle`
    : `${called(node)} reads ${quoted(name)}, which nothing makes`
  return refuse('E_DANGLING', file, what, 'export the model anew')
}
