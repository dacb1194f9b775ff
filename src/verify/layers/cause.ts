import type { GraphNode } from '../../onnx/index.js'
import { differencesOf } from './causes.js'
import { foundLines, outputsFinding } from './causetext.js'
import type { LayerTolerance } from './diverge.js'
import type { Finding, Found, Search } from './finding.js'
import { type Divergence, type LayerReport, locate, locateFirst } from './locate.js'
import { differingOutputs, namesAgree } from './outputs.js'
import { feedsOf, runOn, type Trace } from './trace.js'

const exact: LayerTolerance = { rtol: 0, atol: 0 }

/** The nodes before one whose values the other graph does not have: any of them may be what is wrong. */
function unmatchedBefore(a: Trace, b: Trace, node: GraphNode): GraphNode[] {
  const maker = new Map(b.graph.nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const)))
  const found = new Set<GraphNode>()
  const open = [node]
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const name of at.reads) {
      const before = a.values.has(name) ? undefined : maker.get(name)
      if (!before || found.has(before)) continue
      found.add(before)
      open.push(before)
    }
  return b.graph.nodes.filter((n) => found.has(n))
}

/** The outputs that differ though all that parts by itself has the values of the other graph. */
async function unmendedBy(report: LayerReport, left: Trace, right: Trace, { theirs, feeds, tolerance }: Search) {
  const origins = report.layers.origins.map(({ index }) => index)
  const values = new Map([...left.values, ...Object.entries(feeds)])
  const model = right.graph.without(origins, values)
  const run = await runOn(theirs, model, feedsOf(model, theirs.file, values))
  if (run === undefined || 'error' in run) return undefined
  return differingOutputs(left.values, run.outputs, tolerance).differ.map(({ name }) => name)
}

/** Whether nothing comes right by putting our values in the place of those that part. */
const mendsNothing = (report: LayerReport, { graph }: Trace, unmended: readonly string[] | undefined): boolean => {
  const before = report.layers.compared.filter((v) => !v.comparison.pass && graph.outputs.includes(v.name))
  return unmended !== undefined && before.length > 0 && before.every(({ name }) => unmended.includes(name))
}

/** What the place where both part is, by what came of trying it. */
function kindOf(found: Omit<Found, 'kind'>, first: Divergence, words: readonly string[]): Found['kind'] {
  const { report, right, unmended, among, constants } = found
  const untried = first.alone === 'unknown' && unmended === undefined
  if (among.length > 0) return 'among'
  if (untried || mendsNothing(report, right, unmended)) return 'doubtful'
  return constants.length > 0 && constants.length === words.length ? 'constant' : 'node'
}

/** What can be said of the place where both part. */
async function judged(search: Search, report: LayerReport, first: Divergence, left: Trace, right: Trace) {
  const { constants, words } = differencesOf(left.graph, right.graph, first.node, left.values)
  const found = {
    ...{ report, first, left, right },
    constants: constants.map(({ name }) => name),
    among: unmatchedBefore(left, right, first.node),
    unmended: await unmendedBy(report, left, right, search).catch(() => undefined),
  }
  return { ...found, kind: kindOf(found, first, words) }
}

/** The first node that is another than in our graph and gives other bits, where rounding hides what it does. */
async function hidden(search: Search, left: Trace, right: Trace): Promise<Found | undefined> {
  if (search.ours.provider !== search.theirs.provider) return undefined
  const report = await locate(left, right, exact, search.theirs)
  const { first } = report
  if (first?.alone !== 'differs' || first.causes.length === 0) return undefined
  return { ...(await judged({ ...search, tolerance: exact }, report, first, left, right)), small: true }
}

async function searched(search: Search): Promise<Found> {
  const { ours, theirs, feeds, tolerance } = search
  const { report, left, right } = await locateFirst(ours, theirs, feeds, tolerance)
  const { first } = report
  if (first && first.alone !== 'agrees') return judged(search, report, first, left, right)
  const small = await hidden(search, left, right)
  if (small) return small
  const rest = { report, constants: [], among: [], left, right }
  return first ? { ...rest, kind: 'rounding', first } : { ...rest, kind: 'none' }
}

/** Where values have other names: which outputs differ. */
async function byOutputs(search: Search): Promise<Finding> {
  const { ours, theirs, feeds, tolerance } = search
  const values = new Map(Object.entries(feeds))
  const sides = [ours, theirs].map(async (side) => runOn(side, side.bytes, feedsOf(side.bytes, side.file, values)))
  const [left, right] = (await Promise.all(sides)).map((run) => (run && 'outputs' in run ? run.outputs : undefined))
  return outputsFinding(left && right && differingOutputs(left, right, tolerance), search)
}

/** What was found, and where there is something to draw every value compared. */
export interface Sought {
  readonly finding: Finding
  readonly drawn?: { readonly report: LayerReport; readonly nodes: readonly GraphNode[] }
}

/**
 * Holds a graph against our own of the same configuration, and says where it goes wrong.
 * @throws errors of a provider that is not there, LimitError
 */
export async function findCause(search: Search): Promise<Sought> {
  if (!namesAgree(search.ours, search.theirs)) return { finding: await byOutputs(search) }
  const found = await searched(search)
  const { kind, report, first, constants, among, right } = found
  const finding = {
    kind,
    lines: foundLines(found, search),
    ...(first ? { first } : {}),
    ...(constants.length > 0 ? { constants } : {}),
    ...(among.length > 0 ? { among: among.map(({ name }) => name) } : {}),
  }
  return { finding, drawn: { report, nodes: right.graph.nodes } }
}
