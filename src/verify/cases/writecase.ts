import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyTensor, type NamedTensor, writeAtomic, writeFailure } from '../../io/index.js'
import { encodeTensor } from '../../onnx/index.js'

/** What a case consists of; tensors in graph order. */
export interface CaseContent {
  readonly model: Uint8Array
  readonly inputs: readonly NamedTensor<AnyTensor>[]
  readonly outputs: readonly NamedTensor<AnyTensor>[]
  /** `data.json`. */
  readonly tolerances: {
    readonly rtol: number
    readonly atol: number
    readonly outputs?: Readonly<Record<string, { readonly rtol: number; readonly atol: number }>>
  }
  /** `case.json`: configuration and provenance. */
  readonly info: Readonly<Record<string, unknown>>
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Tensors that an earlier, larger version of the case left behind would be taken for a part of this one. */
async function removeStale(dir: string, kept: ReadonlySet<string>): Promise<void> {
  const tensors = (await readdir(dir)).filter((name) => name.endsWith('.pb') && !kept.has(name))
  for (const name of tensors) await rm(join(dir, name))
}

/**
 * Writes a case in the layout of the ONNX backend tests, with one data set; equal content gives equal bytes.
 * @throws WriteError when the system refuses
 */
export async function writeCase(dir: string, content: CaseContent): Promise<void> {
  const set = join(dir, 'test_data_set_0')
  await mkdir(set, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(error, set)
  })
  const files = new Map([
    ...content.inputs.map(({ name, tensor }, i) => [`input_${i}.pb`, encodeTensor(name, tensor)] as const),
    ...content.outputs.map(({ name, tensor }, i) => [`output_${i}.pb`, encodeTensor(name, tensor)] as const),
  ])
  for (const [name, bytes] of files) await writeAtomic(join(set, name), bytes)
  await removeStale(set, new Set(files.keys()))
  await writeAtomic(join(dir, 'data.json'), json(content.tolerances))
  await writeAtomic(join(dir, 'case.json'), json(content.info))
  await writeAtomic(join(dir, 'model.onnx'), content.model)
}
