import { createHash } from 'node:crypto'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import type { FormName } from '../../../src/yolo/config/forms.js'
import { type Verdict, Verifier } from '../../support/verdict.js'
import { mutantsOf, mutated } from './mutants.js'
import { type Subject, subjects } from './subjects.js'

/** What this process tells the one that started it. */
export type Told =
  /** What the verdicts hang on: graph and cases. */
  | { readonly key: string }
  | { readonly begun: number }
  | { readonly judged: number; readonly verdict: Verdict }
  | { readonly done: true }

const tell = (told: Told): void => {
  process.send?.(told)
}

function keyOf({ model }: Subject, { benches }: Verifier): string {
  const hash = createHash('sha256').update(encodeModel(model))
  for (const { feeds } of benches)
    for (const { data } of Object.values(feeds)) {
      const { buffer, byteOffset, byteLength } = data as Float32Array
      hash.update(new Uint8Array(buffer, byteOffset, byteLength))
    }
  return hash.digest('hex')
}

// A mutant may take the whole process with it; whoever started it then goes on with the next.
const [form, name] = process.argv.slice(2) as [FormName, string]
const [subject] = subjects([form], [name]) as [Subject]
const verifier = await Verifier.of(subject.model, subject.config)
const all = mutantsOf(subject.model)
process.on('message', async (places: readonly number[]) => {
  for (const place of places) {
    tell({ begun: place })
    const mutant = all[place] as (typeof all)[number]
    tell({ judged: place, verdict: await verifier.judge(encodeModel(mutated(subject.model, mutant))) })
  }
  tell({ done: true })
  process.disconnect()
})
tell({ key: keyOf(subject, verifier) })
