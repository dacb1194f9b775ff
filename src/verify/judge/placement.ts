import { exitCodes, listed, printable } from '../../io/index.js'
import { liveValues, type ModelInfo } from '../../onnx/index.js'
import { type PlacedNode, type Placement, type Provider, providers } from '../../runtime/index.js'
import type { PlacementReport, PlacementRule, Problem } from './result.js'

const label = ({ node, op }: PlacedNode): string => (node === '' ? `(unnamed ${op})` : node)

/** Whether no output depends on the values of an input, so that all may be computed while the model loads. */
function isConstant(info: ModelInfo): boolean {
  const live = liveValues(info)
  return !info.outputs.some((o) => live.has(o.name))
}

export function placementReport(placement: Placement, rule: PlacementRule, info: ModelInfo): PlacementReport {
  const nodes: Record<string, string[]> = {}
  const operators: Record<string, Record<string, number>> = {}
  for (const placed of placement.nodes) {
    nodes[placed.provider] ??= []
    nodes[placed.provider]?.push(label(placed))
    operators[placed.provider] ??= {}
    const counts = operators[placed.provider] ?? {}
    counts[placed.op] = (counts[placed.op] ?? 0) + 1
  }
  return { rule, nodes, operators, memcpy: placement.memcpy, constant: isConstant(info) }
}

const problem = (message: string): Problem => ({ code: 'E_PLACEMENT', message, exitCode: exitCodes.runtime })

const forgiven = (provider: string): string => `  hint: use a graph made for ${provider}, or allow it: --allow-fallback`

/**
 * What is wrong with the places of the nodes, if anything. Silence is no proof: a run without a single event fails
 * unless there was nothing to execute.
 */
export function placementProblem(report: PlacementReport, provider: Provider): Problem | undefined {
  const { nodes, memcpy, rule, constant } = report
  const there = nodes[providers[provider].profiled]?.length ?? 0
  const elsewhere = Object.entries(nodes).filter(([name]) => name !== providers[provider].profiled)
  const stray = elsewhere.flatMap(([, names]) => names)
  if (there + stray.length === 0) {
    return constant
      ? undefined
      : problem(
          'the profile has no event of a node: nothing proves where the model ran\n' +
            '  hint: where the disk of TMPDIR is full, no profile is written',
        )
  }
  if (there === 0) return problem(`not one node ran on ${provider}: all ${stray.length} on ${elsewhere[0]?.[0]}`)
  if (rule === 'listed') return undefined
  if (stray.length > 0) {
    const places = elsewhere.map(([name]) => printable(name)).join(' and ')
    return problem(`${stray.length} nodes ran on ${places}: ${listed(stray)}\n${forgiven(provider)}`)
  }
  return memcpy > 0 ? problem(`${memcpy} copies between devices were added\n${forgiven(provider)}`) : undefined
}
