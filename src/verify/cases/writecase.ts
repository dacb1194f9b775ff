import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyTensor, type NamedTensor, type Output, writeFailure, writeFolder } from '../../io/index.js'
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
async function staleIn(set: string, kept: ReadonlySet<string>): Promise<string[]> {
  const names = await readdir(set).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw writeFailure(error, set)
  })
  return names.filter((name) => name.endsWith('.pb') && !kept.has(name)).map((name) => join(set, name))
}

/** Puts the files of a case, in the layout of the ONNX backend tests with one data set, into an output. @throws WriteError */
export async function putCase(output: Output, dir: string, content: CaseContent): Promise<void> {
  const set = join(dir, 'test_data_set_0')
  const files = new Map([
    ...content.inputs.map(({ name, tensor }, i) => [`input_${i}.pb`, encodeTensor(name, tensor)] as const),
    ...content.outputs.map(({ name, tensor }, i) => [`output_${i}.pb`, encodeTensor(name, tensor)] as const),
  ])
  output.mark(dir)
  for (const [name, bytes] of files) await output.write(join(set, name), bytes)
  for (const path of await staleIn(set, new Set(files.keys()))) output.remove(path)
  await output.write(join(dir, 'data.json'), json(content.tolerances))
  await output.write(join(dir, 'case.json'), json(content.info))
  await output.write(join(dir, 'model.onnx'), content.model)
}

/**
 * Writes a case, all of it or nothing; equal content gives equal bytes.
 * @throws WriteError when the system refuses
 */
export const writeCase = (dir: string, content: CaseContent): Promise<void> =>
  writeFolder(dir, (output) => putCase(output, dir, content))
