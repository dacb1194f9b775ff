import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AnyTensor,
  type ElementType,
  isElementType,
  type Output,
  readJson,
  refuse,
  version,
  writeFolder,
} from '../../io/index.js'
import { type ModelInfo, readModel } from '../../onnx/index.js'
import { type LossConfig, recorded } from '../../yolo/index.js'
import { tensorOf } from '../answers/answer.js'
import { Answers, relative16 } from '../answers/answers.js'
import type { DataSet } from '../cases/testcase.js'
import { putCase } from '../cases/writecase.js'
import { renamedInfo } from '../judge/names.js'
import type { Job, Prepared } from './job.js'

interface Kept {
  readonly name: string
  readonly tensor: AnyTensor
  readonly rtol: number
  readonly atol: number
}

const typeOf = (dtype: string | undefined): ElementType | undefined =>
  dtype !== undefined && isElementType(dtype) ? dtype : undefined

/** What the reference expects of a model, in the order of its outputs, by the names that the model has. */
function expectedOf({ outputs }: ModelInfo, own: ModelInfo, answers: Answers): Kept[] {
  return outputs.flatMap(({ name, dtype }, i) => {
    const [answer, type] = [answers.of(name), typeOf(dtype)]
    const tensor = answer && type && tensorOf(answer, type)
    if (!answer || !tensor) return []
    const rtol = answer.slack === undefined ? 0 : type === 'float16' ? relative16 : answers.relative
    const atol = answer.slack?.reduce((most, x) => Math.max(most, x), 0) ?? 0
    return [{ name: own.outputs[i]?.name ?? name, tensor, rtol, atol }]
  })
}

/** The tensors of a case by the names that the model has. */
function inputsOf({ inputs }: DataSet, info: ModelInfo, own: ModelInfo) {
  const theirs = (name: string) => own.inputs[info.inputs.findIndex((input) => input.name === name)]?.name ?? name
  return inputs.map(({ name, tensor }) => ({ name: theirs(name), tensor }))
}

const maker = 'yolo-loss verify --keep'

/** @throws InputError when a folder holds a case that was not made here: one of these would replace it */
async function expectOwn(dir: string): Promise<void> {
  const file = join(dir, 'case.json')
  const known = existsSync(file) ? ((await readJson(file)) as { provenance?: { madeBy?: unknown } } | null) : undefined
  if (String(known?.provenance?.madeBy).startsWith(maker) || (!known && !existsSync(join(dir, 'model.onnx')))) return
  refuse('E_FIXTURE', dir, 'holds a case that --keep has not made', 'keep the cases in another folder')
}

async function keepSet(
  [output, dir]: readonly [Output, string],
  set: DataSet,
  options: Prepared['options'],
  config: LossConfig,
): Promise<void> {
  const { bytes, file } = options.model as NonNullable<Prepared['options']['model']>
  const own = readModel(bytes, file)
  const info = options.names ? renamedInfo(own, options.names) : own
  const answers = Answers.of(config, Object.fromEntries(set.inputs.map(({ name, tensor }) => [name, tensor])))
  const expected = answers ? expectedOf(info, own, answers) : []
  const place = join(dir, set.name.split('/').at(-1) ?? set.name)
  await expectOwn(place)
  await putCase(output, place, {
    model: bytes,
    inputs: inputsOf(set, info, own),
    outputs: expected,
    tolerances: {
      rtol: answers?.relative ?? 0,
      atol: 0,
      outputs: Object.fromEntries(expected.map(({ name, rtol, atol }) => [name, { rtol, atol }])),
    },
    info: {
      title: `${set.name}, as verify made it`,
      config: recorded(config),
      provenance: {
        expected: 'float64 loops of src/reference, rounded to the element type of the output',
        madeBy: `${maker}, onnx-yolo-loss ${version}`,
      },
    },
  })
}

/** Writes the cases of jobs that were made here, with what the reference expects: all of them or none. */
export const keepCases = (dir: string, jobs: readonly Job[]): Promise<void> =>
  writeFolder(dir, async (output) => {
    for (const job of jobs) {
      const { source, options } = await job.prepare('cpu')
      if (typeof source === 'string' || !options.config || !options.model) continue
      for (const set of source.dataSets) await keepSet([output, dir], set, options, options.config)
    }
  })
