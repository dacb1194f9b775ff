import { type Detector, graphField, modelField, refuse } from '../detector/index.js'
import { type Chunks, constantNode, type Edit, encodePart, payloads, sizeOfChunks, splice } from '../onnx/index.js'
import type { Kept } from './kept.js'
import type { Addition } from './link.js'
import { type AttachRecord, graphEdit, hashOf, inStoredOrder, recordKey, stored } from './record.js'

/** IR from which an initializer need not be an input too. */
const ownInitializersSince = 4
/** The largest message that protobuf can address. */
const largest = 2 ** 31 - 1

/** What goes into a model beside the nodes of the loss. */
export interface Extras {
  /** Changes of what the graph has, such as rewritten nodes. */
  readonly edits?: readonly Edit[]
  /** How what is taken out of the graph is kept; by default as it stood. */
  readonly keep?: (payload: Uint8Array, field: number) => Kept
  readonly functions?: readonly Uint8Array[]
  /** Domains imported for them, with their opset. */
  readonly opsets?: readonly (readonly [domain: string, version: number])[]
  readonly metadata: Readonly<Record<string, string>>
}

const atEnd = (message: Uint8Array, number: number, put: readonly Uint8Array[]): Edit => ({
  number,
  at: payloads(message, number).length,
  count: 0,
  put,
})

function graphEdits({ graphBytes, graph, info }: Detector, added: Addition, onlyLoss: boolean): Edit[] {
  const inline = info.irVersion < ownInitializersSince
  const constants = inline ? added.initializers.map(constantNode) : []
  const [loss, ...others] = added.outputs.map(encodePart.value) as [Uint8Array, ...Uint8Array[]]
  const outputs: Edit[] = onlyLoss
    ? [{ number: graphField.output, at: 0, count: graph.output.length, put: [loss, ...others] }]
    : [{ number: graphField.output, at: 0, count: 0, put: [loss] }, atEnd(graphBytes, graphField.output, others)]
  return [
    atEnd(graphBytes, graphField.node, [...constants, ...added.nodes].map(encodePart.node)),
    atEnd(graphBytes, graphField.initializer, inline ? [] : added.initializers.map(encodePart.initializer)),
    atEnd(graphBytes, graphField.input, added.inputs.map(encodePart.value)),
    ...outputs,
    atEnd(graphBytes, graphField.value, added.values.map(encodePart.value)),
  ]
}

/** A merged model, and how it came about. */
export interface Merged {
  readonly pieces: Chunks
  readonly record: AttachRecord
}

/**
 * Puts the loss into the bytes of a detector. Every field of the detector keeps its bytes and its place among its kind;
 * only the lengths around them change.
 * @throws InputError when the result would be larger than protobuf allows
 */
export function merge(
  detector: Detector,
  added: Addition,
  extras: Extras,
  how: Omit<AttachRecord, 'version' | 'graph' | 'model' | 'sha256'>,
): Merged {
  const { bytes, graphBytes } = detector
  const edits = [...(extras.edits ?? []), ...graphEdits(detector, added, how.onlyLoss)].filter(
    (e) => e.count > 0 || e.put.length > 0,
  )
  const graph = splice(graphBytes, edits)
  const opsets = (extras.opsets ?? []).map(([domain, version]) => encodePart.opset(domain, version))
  const modelEdits = [
    atEnd(bytes, modelField.opset, opsets),
    atEnd(bytes, modelField.function, extras.functions ?? []),
  ].filter((e) => e.put.length > 0)
  const graphStored = stored(graphBytes, edits, extras.keep)
  const sha256 = hashOf(inStoredOrder(edits).flatMap((e) => e.put as Uint8Array[]))
  const record: AttachRecord = { version: 1, ...how, graph: graphStored, model: stored(bytes, modelEdits), sha256 }
  const entries = encodePart.metadata({ ...extras.metadata, [recordKey]: JSON.stringify(record) })
  const chunks = splice(bytes, [graphEdit(bytes, graph), ...modelEdits, atEnd(bytes, modelField.metadata, entries)])
  checkSize(sizeOfChunks(chunks), detector.file)
  return { pieces: chunks, record }
}

function checkSize(size: number, file: string): void {
  const what = `with the loss it would have ${size} bytes; protobuf allows ${largest}`
  if (size > largest) refuse('E_SIZE', file, what, 'keep its weights as external data')
}
