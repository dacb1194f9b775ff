import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readFailure } from '../io/index.js'

/** Where a node ran. */
export interface PlacedNode {
  readonly node: string
  readonly op: string
  /** onnxruntime's name, as `CPUExecutionProvider`. */
  readonly provider: string
}

/** Which provider executed which node, as onnxruntime's own profile has it. */
export interface Placement {
  /** Each node once, in order of execution; copies between devices left out. */
  readonly nodes: readonly PlacedNode[]
  /** Nodes that onnxruntime added to copy between devices. */
  readonly memcpy: number
}

interface ProfileEvent {
  readonly cat?: string
  readonly name?: string
  readonly args?: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string }
}

const suffix = '_kernel_time'

/** A node event as onnxruntime writes it; the order of what lies in `args` varies. */
const event = /^"Node".*?"name" :"([\s\S]*)_kernel_time","args" : \{/
const setting = (text: string, key: string): string | undefined => new RegExp(`"${key}" : "(\\w*)"`).exec(text)?.[1]

/** onnxruntime writes names into its JSON as they are, so that one with a quote or a control character breaks it. */
function broken(text: string): ProfileEvent[] {
  return text.split('\n{"cat" : ').flatMap((part) => {
    const found = event.exec(part)
    if (!found) return []
    const rest = part.slice(found[0].length)
    const args = Object.fromEntries(['op_name', 'provider', 'node_index'].map((key) => [key, setting(rest, key) ?? '']))
    return [{ cat: 'Node', name: `${found[1]}${suffix}`, args }]
  })
}

function eventsOf(text: string): ProfileEvent[] {
  try {
    return JSON.parse(text)
  } catch {
    return broken(text)
  }
}

/**
 * Reads the node events of a profile. A node in a loop has an event for each round; it is listed once.
 * @param text what `endProfiling` leaves: JSON, but for the names in it
 */
export function placementOf(text: string): Placement {
  const found = new Map<string, PlacedNode>()
  for (const { cat, name = '', args = {} } of eventsOf(text)) {
    if (cat !== 'Node' || !name.endsWith(suffix)) continue
    const node = name.slice(0, -suffix.length)
    const { op_name: op = '', provider = '', node_index: index = '' } = args
    found.set(JSON.stringify([node, index, provider]), { node, op, provider })
  }
  const all = [...found.values()]
  const nodes = all.filter(({ op }) => !/^Memcpy(To|From)Host$/.test(op))
  return { nodes, memcpy: all.length - nodes.length }
}

/** Reads and removes the profile that a session with this `profilePrefix` wrote when it was released. */
export async function takeProfile(prefix: string): Promise<Placement> {
  const folder = dirname(prefix)
  const found = await readdir(folder).catch((error: unknown) => {
    throw readFailure(error, folder)
  })
  const names = found.filter((name) => name.startsWith(`${basename(prefix)}_`))
  const placements: Placement[] = []
  for (const name of names) {
    placements.push(placementOf(await readFile(join(folder, name), 'utf8')))
    await rm(join(folder, name))
  }
  return placements[0] ?? { nodes: [], memcpy: 0 }
}
