import { createHash } from 'node:crypto'
import { type DetectorHead, graphField, type HeadLayout, modelField, refuse } from '../detector/index.js'
import { quoted } from '../io/index.js'
import { type Chunks, canonical, type Edit, type ModelInfo, payloads } from '../onnx/index.js'
import { metadataPrefix } from '../yolo/index.js'
import { base64, type Data, isKept, type Kept, restored } from './kept.js'

/** Where an attached loss is recorded. */
export const recordKey = `${metadataPrefix}attached`

/** One edit as stored: what it put in is found by its place, what it took out is kept. */
export interface StoredEdit {
  readonly field: number
  readonly at: number
  readonly put: number
  /** What stood there before. */
  readonly was: readonly Kept[]
}

/** What a training step says of itself beside its graph. */
export interface StepRecord {
  readonly optimizer: string
  /** What differs from plain steps, by the names of the options: numbers of the update, and choices. */
  readonly settings: Readonly<Record<string, number | string | boolean | readonly number[]>>
  /** Parameters that stay as they are, and how many numbers they are. */
  readonly frozen: readonly [parameters: number, numbers: number]
  /** Bytes of the results of nodes that lie in memory at once. */
  readonly work: number
}

/** How a loss was attached, kept in the model's metadata so that it can be taken off again. */
export interface AttachRecord {
  readonly version: 1
  readonly heads: readonly {
    readonly name: string
    readonly layout: HeadLayout
    readonly grid?: readonly [number, number]
  }[]
  readonly onlyLoss: boolean
  readonly asFunction: boolean
  readonly rewriteResize: boolean
  /** Of a training step. */
  readonly step?: StepRecord
  readonly graph: readonly StoredEdit[]
  readonly model: readonly StoredEdit[]
  /** SHA-256 of everything put into the graph, in the order of `graph`. */
  readonly sha256: string
}

/** What is recorded of a head. */
export const headRecord = ({ name, layout, grid: { h, w }, part }: DetectorHead) => ({
  name,
  layout,
  ...(part === undefined ? {} : { part }),
  ...(typeof h === 'number' && typeof w === 'number' ? { grid: [h, w] as const } : {}),
})

/** Hash of what edits put in. */
export function hashOf(put: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const bytes of put) hash.update(bytes)
  return hash.digest('hex')
}

/** Puts a graph in the place of a model's, which may stand in several fields. */
export const graphEdit = (model: Uint8Array, graph: Chunks): Edit => ({
  number: modelField.graph,
  at: 0,
  count: payloads(model, modelField.graph).length,
  put: [graph],
})

/** By field, then by place. */
export const inStoredOrder = (edits: readonly Edit[]): Edit[] =>
  edits.toSorted((a, b) => a.number - b.number || a.at - b.at)

/**
 * The edits of one message as they are stored, by the places they have once all are applied.
 * @param keep how what they take out is kept
 */
export function stored(
  message: Uint8Array,
  edits: readonly Edit[],
  keep: (payload: Uint8Array, field: number) => Kept = base64,
): StoredEdit[] {
  const moved = new Map<number, number>()
  return inStoredOrder(edits).map(({ number, at, count, put }) => {
    const shift = moved.get(number) ?? 0
    moved.set(number, shift + put.length - count)
    const was = count === 0 ? [] : payloads(message, number).slice(at, at + count)
    return { field: number, at: at + shift, put: put.length, was: was.map((bytes) => keep(bytes, number)) }
  })
}

/** The edits that undo stored ones. @param data what fills the tensors that were taken out without theirs */
export const undone = (edits: readonly StoredEdit[], data: Data): Edit[] =>
  edits.map(({ field, at, put, was }) => ({ number: field, at, count: put, put: was.map((w) => restored(w, data)) }))

/** What stored edits put into a graph, in their order and in the spelling it had then. */
export const putBy = (graph: Uint8Array, edits: readonly StoredEdit[]): Uint8Array[] =>
  edits.flatMap(({ field, at, put }) => {
    const kind = ({ [graphField.node]: 'node', [graphField.initializer]: 'initializer' } as const)[field] ?? 'value'
    const found = payloads(graph, field).slice(at, at + put)
    return found.map((bytes) => canonical(kind, bytes))
  })

/** The record of a model; undefined when no loss was attached to it. @throws InputError for a record we cannot read */
export function readRecord(metadata: ReadonlyMap<string, string>, file: string): AttachRecord | undefined {
  const text = metadata.get(recordKey)
  if (text === undefined) return undefined
  const record = parsed(text)
  if (isRecord(record)) return record
  const remedy = 'it was written by another version, or changed'
  return refuse('E_RECORD', file, `the metadata ${quoted(recordKey)} cannot be read`, remedy)
}

/** What a training step says of itself; undefined for any other model. @throws InputError for a record we cannot read */
export const readStepRecord = ({ metadata }: Pick<ModelInfo, 'metadata'>, file: string): StepRecord | undefined =>
  readRecord(metadata, file)?.step

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isCount = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= 0

function isEdit(x: unknown): boolean {
  const { field, at, put, was } = (x ?? {}) as Partial<StoredEdit>
  return isCount(field) && isCount(at) && isCount(put) && Array.isArray(was) && was.every(isKept)
}

function isStep(x: unknown): boolean {
  const { optimizer, settings, frozen, work } = (x ?? {}) as Partial<StepRecord>
  const counts = Array.isArray(frozen) && frozen.length === 2 && frozen.every(isCount) && isCount(work)
  return typeof optimizer === 'string' && typeof settings === 'object' && settings !== null && counts
}

function isRecord(x: unknown): x is AttachRecord {
  const { version, heads, graph, model, sha256, step } = (x ?? {}) as Partial<AttachRecord>
  if (step !== undefined && !isStep(step)) return false
  if (version !== 1 || typeof sha256 !== 'string' || !Array.isArray(heads)) return false
  return Array.isArray(graph) && graph.every(isEdit) && Array.isArray(model) && model.every(isEdit)
}
