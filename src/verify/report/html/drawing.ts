import { xml } from '../../../io/index.js'
import type { GraphNode } from '../../../onnx/index.js'
import { short } from '../../compare/digits.js'
import { groupBy } from '../../compare/group.js'
import type { LayerReport } from '../../layers/locate.js'

/** A name as part of a reference inside a page. */
const anchor = (prefix: string, name: string): string => `${prefix}-${name.replace(/[^\w-]/g, '-')}`

/** A group of nodes that share a scope, as one box of the drawing. */
interface Scope {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  /** Largest relative difference of its values; undefined where none could be compared. */
  readonly error: number | undefined
  readonly differs: number
  /** Whether the first node that differs is in it. */
  readonly first: boolean
}

/** What is drawn: a graph and how its values came out. */
export interface Drawn {
  readonly nodes: readonly GraphNode[]
  readonly report: LayerReport
}

const depth = 3

/** The scope of a node: its path without the operator, at most three steps of it. An output stands for itself. */
const scopeOf = ({ name }: GraphNode): string => name.split('/').slice(0, -1).slice(0, depth).join('/') || 'outputs'

/** The part of the drawing a scope belongs to: `layer0`, or the rest. */
const panelOf = (scope: string): string => /(?:^|\/)(layer\d+)/.exec(scope)?.[1] ?? 'all scales'

/** Whether a node is the one at which both sides part; that of the report may be a copy. */
const isFirst = ({ name, outputs }: GraphNode, { first }: LayerReport): boolean =>
  first?.node.name === name && first.node.outputs.join() === outputs.join()

/** In the order in which they are done, so that nearly all that a scope reads stands above it. */
function scopesOf({ nodes, report }: Drawn): Scope[] {
  const values = new Map(report.layers.compared.map((v) => [v.name, v]))
  const last = new Map(nodes.map((n, i) => [scopeOf(n), i]))
  const scopes = [...groupBy(nodes, scopeOf)].sort(([a], [b]) => (last.get(a) ?? 0) - (last.get(b) ?? 0))
  return scopes.map(([name, members]) => {
    const found = members.flatMap((n) => n.outputs.flatMap((o) => values.get(o) ?? []))
    const error = found.length === 0 ? undefined : Math.max(...found.map((v) => v.relative))
    const differs = found.filter((v) => !v.comparison.pass).length
    return { name, nodes: members, error, differs, first: members.some((n) => isFirst(n, report)) }
  })
}

/** From white for equal values over yellow to red: a step for each two powers of ten of the relative difference. */
function fill(error: number | undefined): string {
  if (error === undefined) return 'none'
  if (error === 0) return '#d9f2e0'
  const steps = ['#eef6c8', '#fdf3b0', '#fddc8c', '#fbb36b', '#f58a5c', '#e8604c']
  const step = Math.floor((Math.log10(error) + 10) / 2)
  return steps[Math.min(Math.max(step, 0), steps.length - 1)] as string
}

const box = { width: 236, height: 40, gap: 10, left: 4, arcs: 76 }

function drawBox({ name, nodes, error, differs, first }: Scope, i: number, panel: string, id: string): string {
  const y = box.gap + i * (box.height + box.gap)
  const title = name === panel ? '(between its parts)' : name.replace(`${panel}/`, '')
  const differing = first ? 'DIFFERS FIRST' : `DIFFERS in ${differs}`
  const verdict = differs > 0 ? differing : error === undefined ? 'not compared' : 'agrees'
  const text = `${nodes.length} nodes, ${error === undefined ? '' : `error ${short(error)}, `}${verdict}`
  const ink = error === undefined ? '' : ' style="fill:#1b1f24"'
  return [
    `<a href="#${anchor(id, name)}" aria-label="${xml(`${name}: ${text}`)}">`,
    `<rect class="box${differs > 0 ? ' differs' : ''}" x="${box.left}" y="${y}" width="${box.width}" height="${box.height}" rx="5" fill="${fill(error)}"/>`,
    `<text x="${box.left + 8}" y="${y + 17}"${ink}>${xml(title.slice(0, 32))}</text>`,
    `<text class="small" x="${box.left + 8}" y="${y + 32}"${ink}>${xml(text)}</text></a>`,
  ].join('')
}

/** Which scopes of a panel read from which, by place. */
function edges(scopes: readonly Scope[]): [from: number, to: number][] {
  const maker = new Map(scopes.flatMap((s, i) => s.nodes.flatMap((n) => n.outputs.map((o) => [o, i] as const))))
  const found = new Set<string>()
  for (const [to, scope] of scopes.entries()) {
    for (const from of scope.nodes.flatMap((n) => n.reads.flatMap((r) => maker.get(r) ?? []))) {
      if (from < to) found.add(`${from} ${to}`)
    }
  }
  return [...found].map((key) => key.split(' ').map(Number) as [number, number])
}

function arc([from, to]: readonly [number, number]): string {
  const middle = (i: number) => box.gap + i * (box.height + box.gap) + box.height / 2
  const x = box.left + box.width
  const reach = x + Math.min(10 + 7 * (to - from), box.arcs)
  const [y1, y2] = [middle(from) + 4, middle(to) - 4]
  return `<path class="edge" d="M${x} ${y1}C${reach} ${y1} ${reach} ${y2} ${x + 6} ${y2}"/><path class="edge" d="M${x + 6} ${y2 - 3}L${x} ${y2}L${x + 6} ${y2 + 3}"/>`
}

function panelFigure(panel: string, scopes: readonly Scope[], id: string): string {
  const height = box.gap + scopes.length * (box.height + box.gap)
  return [
    `<figure><figcaption>${xml(panel)}</figcaption>`,
    `<svg viewBox="0 0 ${box.left + box.width + box.arcs} ${height}" role="group" aria-label="${xml(`${panel}, ${scopes.length} parts`)}">`,
    ...edges(scopes).map(arc),
    ...scopes.map((scope, i) => drawBox(scope, i, panel, id)),
    '</svg></figure>',
  ].join('')
}

function scopeDetails({ name, nodes, differs, first }: Scope, { report }: Drawn, id: string): string {
  const values = new Map(report.layers.compared.map((v) => [v.name, v.relative]))
  const rows = nodes.map((n) => {
    const error = Math.max(-1, ...n.outputs.map((o) => values.get(o) ?? -1))
    const mark = isFirst(n, report) ? ' <strong class="FAIL">differs first</strong>' : ''
    return `<tr><td>${xml(n.name)}${mark}</td><td>${xml(n.op)}</td><td>${error < 0 ? 'not compared' : short(error)}</td></tr>`
  })
  const head = '<thead><tr><th>node</th><th>operator</th><th>relative error</th></tr></thead>'
  return `<details><summary>${xml(name)}: ${nodes.length} nodes${differs > 0 ? `, <span class="FAIL">DIFFERS${first ? ' FIRST' : ''}</span>` : ''}</summary><div class="scroll" tabindex="0" id="${anchor(id, name)}"><table>${head}<tbody>${rows.join('')}</tbody></table></div></details>`
}

const legend =
  'Colour: green where both sides are equal, yellow to red for a relative error from below 1e-8 to above 1. ' +
  'What differs by more than the tolerance has a thick frame and says so. Each part leads to the list of its nodes.'

/**
 * A drawing of the loss graph: a panel for each scale, a box for each scope in topological order, arcs for what it
 * reads, the colour by the largest relative error of its values. Every box leads to the list of its nodes.
 * @param id what sets its references apart from those of other drawings
 */
export function drawing(drawn: Drawn, id: string): string {
  const order = (panel: string) => (panel.startsWith('layer') ? Number(panel.slice(5)) : Number.POSITIVE_INFINITY)
  const panels = [...groupBy(scopesOf(drawn), (s) => panelOf(s.name))].sort(([a], [b]) => order(a) - order(b))
  const figures = panels.map(([panel, scopes]) => panelFigure(panel, scopes, id))
  const lists = panels.flatMap(([, scopes]) => scopes).map((scope) => scopeDetails(scope, drawn, id))
  return `<p>${legend}</p><div class="grid">${figures.join('')}</div><h3>The nodes of each part</h3>${lists.join('')}`
}
