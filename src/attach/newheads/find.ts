import { called, type Detector, refuse } from '../../detector/index.js'
import { listed, quoted } from '../../io/index.js'
import type { NodeProto } from '../../onnx/index.js'

/** Operators between a convolution and the head it makes. */
export const passing: readonly string[] = ['Identity', 'Transpose', 'Reshape', 'Cast']

/** The node that makes a head, behind what merely moves its numbers. */
function makerOf({ producers }: Detector, head: string): NodeProto | undefined {
  let node = producers.get(head)
  for (const seen = new Set<NodeProto>(); node && passing.includes(node.opType) && !seen.has(node); ) {
    seen.add(node)
    node = producers.get(node.input[0] ?? '')
  }
  return node
}

const isConvolution = (node: NodeProto | undefined): node is NodeProto => node?.opType === 'Conv'

/**
 * The convolutions that make the heads, each once.
 * @param heads values by name; by default the outputs that come from a convolution
 * @param scales how many there must be
 * @throws InputError for a head that another operator makes, and for more or fewer than the scales
 */
export function lastConvolutions(
  detector: Detector,
  heads: readonly string[] | undefined,
  scales: number,
): readonly NodeProto[] {
  const { file, producers } = detector
  const names = heads ?? detector.graph.output.map(({ name }) => name)
  const makers = names.map((name) => {
    if (heads && !producers.has(name)) refuse('E_HEADS', file, `no node makes a value ${quoted(name)}`, 'name a head')
    return makerOf(detector, name)
  })
  const odd = heads && makers.findIndex((node) => !isConvolution(node))
  if (odd !== undefined && odd >= 0) {
    const by = makers[odd]
    const what = `head ${quoted(names[odd] ?? '')} comes from ${by ? called(by) : 'an input'}, not from a convolution`
    refuse('E_NEW_HEADS', file, what, 'name the value that the convolution makes: --heads')
  }
  const found = [...new Set(makers.filter(isConvolution))]
  if (found.length === scales) return found
  const what = `${scales} heads are wanted, one a scale, and ${found.length} convolutions make its outputs ${listed(names)}`
  return refuse('E_NEW_HEADS', file, what, 'name the heads: --heads a,b,c')
}
