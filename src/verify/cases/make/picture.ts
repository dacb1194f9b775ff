import type { Model, Node, Shape } from '../../../onnx/index.js'

/** A part of the loss as a box of the picture. */
interface Part {
  readonly title: string
  /** What it computes. */
  readonly words: string
  /** Its nodes, by the beginnings of their names. */
  readonly scopes: readonly string[]
  readonly x: number
  readonly row: number
}

const box = { width: 300, height: 68 }

/** From one row to the next. */
const pitch = 92

/** In order of flow. */
const parts: readonly Part[] = [
  { title: 'y_true', words: 'labels: x y w h, objectness o, classes', scopes: ['y_true'], x: 40, row: 0 },
  { title: 'y_pred', words: 'logits t of the detector', scopes: ['y_pred'], x: 440, row: 0 },
  { title: 'objectness', words: 'o and its logit of every cell', scopes: ['layer', 'normalizer'], x: 40, row: 1 },
  { title: 'positives', words: 'rows that hold an object: o ≠ 0', scopes: ['positives', 'place'], x: 440, row: 1 },
  { title: 'candidates', words: 'cells near a true box', scopes: ['ignore/candidates'], x: 440, row: 2 },
  { title: 'ignore mask', words: 'κ = 1 where every IoU is below θ, else 0', scopes: ['ignore'], x: 40, row: 2 },
  { title: 'objects', words: 'xy, wh, class and confidence of the rows', scopes: ['objects'], x: 40, row: 3 },
  { title: 'background', words: 'confidence of all other cells, times κ', scopes: ['background'], x: 440, row: 3 },
  { title: 'sums', words: 'xy, wh, conf and class of each scale, ÷ B', scopes: ['xy', 'wh', 'conf', 'class'], x: 40, row: 4 },
  { title: 'loss', words: 'their sum', scopes: ['loss'], x: 440, row: 4 },
] // biome-ignore format: one row a part

const top = ({ row }: Part): number => 10 + row * pitch

const starts = (name: string, scope: string): boolean => name.startsWith(scope)

/** The part of a scope: the longest beginning that fits. */
function namedPart(name: string): number {
  const lengths = parts.map(({ scopes }) => Math.max(0, ...scopes.filter((s) => starts(name, s)).map((s) => s.length)))
  const most = Math.max(...lengths)
  return most === 0 ? -1 : lengths.indexOf(most)
}

/** The last part that a node reads from, or its own by name. */
function sourcesOf(nodes: readonly Node[], makers: ReadonlyMap<string, number>): Map<Node, number> {
  const known = new Map(makers)
  return new Map(
    nodes.map((node) => {
      const read = Math.max(0, ...node.inputs.map((name) => known.get(name) ?? 0))
      const part = node.name.includes('/') ? namedPart(node.name) : read
      for (const name of node.outputs) known.set(name, part)
      return [node, part]
    }),
  )
}

/** The part of every node: one without a scope belongs to that which reads it, or where several do, to that it reads. */
function partsOf(nodes: readonly Node[], makers: ReadonlyMap<string, number>): ReadonlyMap<Node, number> {
  const sources = sourcesOf(nodes, makers)
  const found = new Map<Node, number>()
  const readers = new Map<string, Set<number>>()
  for (const node of nodes.toReversed()) {
    const read = new Set(node.outputs.flatMap((name) => [...(readers.get(name) ?? [parts.length - 2])]))
    const [only = 0] = node.name.includes('/') || read.size > 1 ? [sources.get(node)] : read
    found.set(node, only)
    for (const name of node.inputs) readers.set(name, new Set([...(readers.get(name) ?? []), only]))
  }
  return found
}

/** Which parts read from which, but for what leads through a part between. */
function edgesOf(of: ReadonlyMap<Node, number>, given: ReadonlyMap<string, number>) {
  const makers = new Map(given)
  for (const [node, part] of of) for (const name of node.outputs) makers.set(name, part)
  const reads = parts.map(() => new Set<number>())
  for (const [node, to] of of)
    for (const name of node.inputs) {
      const from = makers.get(name)
      if (from !== undefined && from < to) reads[to]?.add(from)
    }
  const above = (to: number): number[] => [...(reads[to] ?? [])].flatMap((from) => [from, ...above(from)])
  return reads.flatMap((from, to) => {
    const further = new Set([...from].flatMap(above))
    return [...from].filter((one) => !further.has(one)).map((one) => [one, to] as const)
  })
}

/** Three operators at most, the most frequent first. */
function operators(nodes: readonly Node[]): string {
  const counts = new Map<string, number>()
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1)
  const names = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name]) => name)
  return `${nodes.length} nodes: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}`
}

function drawBox(part: Part, below: string): string {
  const [x, y] = [part.x, top(part)]
  return [
    `<rect class="${below.includes('nodes') ? 'box' : 'box given'}" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6"/>`,
    `<text class="title" x="${x + 14}" y="${y + 22}">${part.title}</text>`,
    `<text x="${x + 14}" y="${y + 41}">${part.words}</text>`,
    `<text class="small" x="${x + 14}" y="${y + 58}">${below}</text>`,
  ].join('')
}

/** To a box beside: across. */
function drawAcross(from: Part, to: Part): string {
  const [x1, x2] = from.x < to.x ? [from.x + box.width, to.x - 3] : [from.x, to.x + box.width + 3]
  return `<path class="edge" d="M${x1} ${top(from) + box.height / 2}H${x2}" marker-end="url(#tip)"/>`
}

/** To a box below: a curve from the lower edge to the upper one. */
function drawDown(from: Part, to: Part): string {
  const lean = Math.sign(to.x - from.x) * 90
  const [x1, y1] = [from.x + box.width / 2 + lean, top(from) + box.height]
  const [x2, y2] = [to.x + box.width / 2 - lean, top(to) - 3]
  return `<path class="edge" d="M${x1} ${y1}C${x1} ${y1 + 16} ${x2} ${y2 - 18} ${x2} ${y2}" marker-end="url(#tip)"/>`
}

const drawEdge = (from: Part, to: Part): string => (from.row === to.row ? drawAcross : drawDown)(from, to)

const style = `text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1b1f24}
.title{font-weight:600;font-size:15px}.small{font-size:11px;fill:#57606a}
.box{fill:#f6f8fa;stroke:#57606a}.given{fill:#ddf4ff;stroke:#0969da}
.edge{fill:none;stroke:#8c959f;stroke-width:1.5}.tip{fill:#8c959f}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.box{fill:#161b22;stroke:#9198a1}.given{fill:#0c2d4d;stroke:#4493f8}
.edge{stroke:#6e7681}.tip{fill:#6e7681}}`

const dims = (shape: Shape | undefined): string =>
  `3 scales, each [${(shape ?? []).join(', ')}]`.replaceAll(/[hw]0/g, (name) => `${name[0]}ₗ`)

/** A drawing of the compact loss: a box for each part with what it computes and consists of, arrows from part to part. */
export function picture({ body }: Model): string {
  const given = new Map(body.inputs.map(({ name }) => [name, namedPart(name)]))
  const of = partsOf(body.nodes, given)
  const edges = edgesOf(of, given).map(([from, to]) => drawEdge(parts[from] as Part, parts[to] as Part))
  const boxes = parts.map((part, i) => {
    const input = body.inputs.find(({ name }) => starts(name, part.title))
    return drawBox(part, input ? dims(input.shape) : operators(body.nodes.filter((node) => of.get(node) === i)))
  })
  const [width, height] = [780, 10 + pitch * 5]
  const title = `The YOLO v3 loss as an ONNX graph of ${body.nodes.length} nodes`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title><style>${style}</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>
${[...edges, ...boxes].join('\n')}
</svg>
`
}
