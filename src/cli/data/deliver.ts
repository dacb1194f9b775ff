import { pipeline } from 'node:stream/promises'
import { writeModel } from '../../attach/index.js'
import type { ExternalData } from '../../detector/index.js'
import { chunksOf, type FileRange } from '../../io/index.js'
import { ConfigError } from '../../yolo/index.js'
import type { OutputFlags } from '../groups/output.js'

/** Writes a model, and tells its size. No hash of it: that would take as long as copying the weights. */
export async function deliver(
  pieces: readonly (Uint8Array | FileRange)[],
  { external }: { readonly external: readonly ExternalData[] },
  source: string,
  flags: OutputFlags,
): Promise<number> {
  const { output } = flags
  if (output === '-' && external.length > 0)
    throw new ConfigError('output', 'is stdout, but the model has external data beside it')
  if (output === '-') await pipeline(copies(pieces), process.stdout, { end: false })
  else await writeModel(chunksOf(pieces), source, output, external, flags)
  return pieces.reduce((sum, p) => sum + (p instanceof Uint8Array ? p.length : p.end - p.start), 0)
}

/** Chunks that stay as they are: a stream keeps them for a while. */
function* copies(pieces: readonly (Uint8Array | FileRange)[]): Generator<Uint8Array> {
  for (const chunk of chunksOf(pieces)) yield new Uint8Array(chunk)
}
