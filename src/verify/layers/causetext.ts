import { printable, quoted } from '../../io/index.js'
import type { GraphNode } from '../../onnx/index.js'
import { brief } from '../compare/digits.js'
import type { Finding, Found, Search } from './finding.js'
import type { Divergence } from './locate.js'
import type { OutputDifferences } from './outputs.js'
import { countInWords, detailLines, nodeInWords, worstLines } from './text.js'

const named = ({ name, op }: GraphNode): string => `${printable(name)} (${printable(op)})`

/** Names in a line, and how many more there are. */
function some(names: readonly string[], most = 8): string {
  const more = names.length > most ? ` and ${names.length - most} more` : ''
  return `${names.slice(0, most).join(', ')}${more}`
}

/** What rounding may do, in words. */
const rounding = ({ tolerance: { rtol } }: Search): string => `${brief(rtol)} of its largest element`

/** What is to be said first of the place where both part. */
function headOf({ kind, constants, among, small }: Found, first: Divergence, search: Search): string {
  const node = nodeInWords(first)
  const within = `less than ${rounding(search)}`
  if (kind === 'rounding')
    return `no single node is to blame: ${node}, only enlarges what it reads, which differs by ${within}`
  if (kind === 'among') {
    const nodes = some([...among, first.node].map(named))
    return `first wrong value: that of ${node}; one of ${among.length + 1} nodes made it so: ${nodes}`
  }
  if (kind === 'doubtful') return `first value that differs: that of ${node}`
  const what = kind === 'constant' ? `constant: ${some(constants.map(quoted))}, read first by ${node}` : `node: ${node}`
  return small ? `first other ${what}, whose values differ by ${within}` : `first wrong ${what}`
}

function headline(found: Found, search: Search): string {
  const { first, report } = found
  if (first) return headOf(found, first, search)
  const count = report.layers.compared.length
  const within = `within ${brief(search.tolerance.rtol)} of their largest elements`
  return `no single node is to blame: not optimised, all ${count} values are those of ${report.a}, ${within}`
}

/** What came of putting our values in the place of those that part. */
function mending({ kind, unmended, report }: Found): string[] {
  if (unmended === undefined) return []
  const others = report.layers.origins.length - 1
  const more = others === 1 ? 'one more node that parts of itself' : `${others} more nodes that part of themselves`
  const where = others === 0 ? 'there' : `there and at ${more}`
  if (unmended.length === 0) return [`with our values ${where} every output agrees`]
  const still = `with our values ${where}, still different: ${some(unmended.map(printable))}`
  return [kind === 'doubtful' ? `${still}; whether it is to blame is open` : `${still}; so it is not all that is wrong`]
}

function details(found: Found, { config }: Search): string[] {
  const { kind, report, first, left } = found
  if (kind === 'none')
    return [
      'what failed comes of optimisation by the runtime (try --layerwise), of rounding, or of a fault in both graphs',
    ]
  const lines = first ? detailLines(report, first, left, config) : []
  return [...lines.map((line) => line.trim()), ...mending(found)]
}

const heldAgainst = ({ theirs: { provider, label }, ours }: Search): string => {
  const where = provider === ours.provider ? `both on ${provider}` : `that on ${ours.provider}, this on ${provider}`
  return `${label} was held against ${ours.label} of its configuration, ${where}, not optimised`
}

/** A finding about nodes in words. */
export const foundLines = (found: Found, search: Search): string[] => [
  headline(found, search),
  ...details(found, search),
  `${heldAgainst(search)}: ${countInWords(found.report)}`,
]

const renamed = 'values of the graph have other names'

/** What can be said where only outputs have names in common; undefined where one side did not run. */
export function outputsFinding(outputs: OutputDifferences | undefined, search: Search): Finding {
  if (!outputs) return { kind: 'skipped', lines: [`${renamed}, and not optimised it does not run`] }
  const { compared, differ } = outputs
  const [first] = differ
  const held = `${heldAgainst(search)}: ${compared.length} outputs of one name compared, ${differ.length} differ`
  if (!first)
    return { kind: 'outputs', lines: [`${renamed}; no output differs by more than ${rounding(search)}`, held] }
  const rest = differ.slice(1).map(({ name }) => printable(name))
  return {
    kind: 'outputs',
    lines: [
      `${renamed}; first output that differs: ${printable(first.name)}`,
      ...worstLines({ a: search.ours.label, b: search.theirs.label }, first, search.config).map((line) => line.trim()),
      ...(rest.length > 0 ? [`others that differ: ${some(rest)}`] : []),
      held,
    ],
  }
}
