import { readFile } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { examine } from '../../src/runtime/doctor/check.js'
import { thisSystem } from '../../src/runtime/doctor/system.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { endless, model, node, pair, sum, sumBytes } from '../runtime/models.js'
import { plant } from '../support/faults.js'
import { write } from '../support/folder.js'
import { writeSum } from '../verify/cases.js'
import { golden, prepare } from './entry.js'
import { constants, quotient } from './exact.js'
import { bring, workIn } from './place.js'
import { rounded, withoutErrors } from './portable.js'

/** What doctor says of the providers that no machine must have. */
const ofAll = (text: string): string =>
  text
    .replace(/\n(?:ok|PROBLEM) +(?:webgpu|cuda): .*(?:\n +mend it: .*)?/g, '')
    .replace(/,?\s*\{\s*"subject": "(?:webgpu|cuda)"[^}]*\}/g, '')

const magic = model({ ...sum().body, nodes: [node('Magic', ['x', 'w'], 'y')] })

await workIn({
  'sum.onnx': sumBytes,
  'quotient.onnx': quotient,
  'constants.onnx': constants,
  'old.onnx': encodeModel(sum({ opset: 6 })),
  'magic.onnx': encodeModel(magic),
})
await writeSum('.', 'case')
await writeSum('.', 'one', { inputs: [{ name: 'x', tensor: pair(1, 2) }] })
await writeSum('.', 'endless', { model: encodeModel(endless), inputs: [] })
await bring('zero-size', 'two-boxes-one-cell')
await prepare('export --config two-boxes-one-cell.json --components --diagnostics -o loss.onnx')
await write({ 'faulty.onnx': plant(await readFile('loss.onnx'), 'objects/wh/Sub', 'swapped operands') as Uint8Array })

describe('eval', () => {
  it('prints exact numbers', () =>
    golden('reports/eval', ['eval constants.onnx one', 'eval constants.onnx one --json']))

  it('prints a loss', () =>
    golden(
      'reports/eval-loss',
      ['eval loss.onnx fixtures/two-boxes-one-cell', 'eval fixtures/zero-size/model.onnx fixtures/zero-size --json'],
      rounded,
    ))
})

describe('record and diff', () => {
  it('keep runs, and name the first node at which they part', () =>
    golden('reports/diff', [
      ['record sum.onnx --inputs case -o kept --rtol 1e-3', 'kept/case.json', 'kept/data.json'],
      'record quotient.onnx --inputs case -o layers --layerwise',
      'diff kept layers',
      'diff sum.onnx quotient.onnx --case case',
      'diff sum.onnx quotient.onnx --case case --json',
    ]))

  it('part at a fault of a loss', () =>
    golden('reports/diff-loss', ['diff loss.onnx faulty.onnx --repro alone', 'verify alone'], (text) =>
      rounded(withoutErrors(text)),
    ))
})

describe('a model that does not run', () => {
  it('is refused by the runtime, or ended', () =>
    golden('errors/runtime', [
      'eval old.onnx case',
      'eval magic.onnx case',
      'record old.onnx --inputs case -o out',
      'verify old.onnx --fixtures case',
      'diff old.onnx sum.onnx --case case',
      'diff sum.onnx old.onnx --case case',
      'diff sum.onnx magic.onnx --case case',
      'verify endless --timeout 1',
    ]))
})

describe('the machine', () => {
  it('is looked at', () => golden('reports/doctor', ['doctor', 'doctor --json'], ofAll))

  // Elsewhere other words are said, or CUDA runs.
  const lacksCuda = examine(thisSystem()).some(({ subject, state }) => subject === 'cuda' && state === 'problem')
  it.runIf(process.platform === 'linux' && process.arch === 'x64' && lacksCuda)('without CUDA is told so', () =>
    golden('errors/providers', [
      'verify case --ep cuda',
      'verify case --ep cpu,cuda',
      'setup-cuda --from nowhere',
      'setup-cuda --from case',
    ]),
  )
})
