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
import { recorded } from '../../yolo/index.js'
import { tensorOf } from '../answers/answer.js'
import { Answers, relative16 } from '../answers/answers.js'
import { archiveNames, archivesOf } from '../cases/archives.js'
import { lossConfigOf } from '../cases/match.js'
import type { DataSet, TestCase } from '../cases/testcase.js'
import { putCase } from '../cases/writecase.js'
import { renamedInfo } from '../judge/names.js'
import type { Job, Prepared } from './job.js'

/** What more is written of each case. */
export interface KeepOptions {
  /** Inputs, expected outputs and configuration as NumPy's archives too; default false. */
  readonly npz?: boolean | undefined
}

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
    // The bound of an element that is no number is none, and JSON has no word for it.
    const atol = answer.slack?.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, x) : most), 0) ?? 0
    return [{ name: own.outputs[i]?.name ?? name, tensor, rtol, atol }]
  })
}

/** The tensors of a case by the names that the model has. */
function inputsOf({ inputs }: DataSet, info: ModelInfo, own: ModelInfo) {
  const theirs = (name: string) => own.inputs[info.inputs.findIndex((input) => input.name === name)]?.name ?? name
  return inputs.map(({ name, tensor }) => ({ name: theirs(name), tensor }))
}

const maker = 'yolo-loss verify --keep'

const isThere = (dir: string, names: readonly string[]): string[] =>
  names.map((name) => join(dir, name)).filter((path) => existsSync(path))

/**
 * The archives of a case that was kept before in a folder.
 * @throws InputError when it holds a case or archives that were not made here: those of this one would replace them
 */
async function archivesBefore(dir: string): Promise<string[]> {
  const file = join(dir, 'case.json')
  const known = existsSync(file) ? ((await readJson(file)) as { provenance?: { madeBy?: unknown } } | null) : undefined
  if (String(known?.provenance?.madeBy).startsWith(maker)) return isThere(dir, archiveNames)
  if (!known && isThere(dir, ['model.onnx', ...archiveNames]).length === 0) return []
  return refuse('E_FIXTURE', dir, 'holds a case that --keep has not made', 'keep the cases in another folder')
}

/** What a kept case is called: as its set, or as the folder it was read from. */
const nameOf = ({ name, dataSets }: TestCase, set: DataSet): string => {
  const own = set.name.startsWith('test_data_set_') ? [name, ...(dataSets.length > 1 ? [set.name] : [])] : [set.name]
  return own.join('-').split('/').at(-1) as string
}

async function keepSet(
  [output, dir]: readonly [Output, string],
  source: TestCase,
  set: DataSet,
  options: Prepared['options'],
  { npz }: KeepOptions,
): Promise<void> {
  const { bytes, file } = options.model as NonNullable<Prepared['options']['model']>
  const own = readModel(bytes, file)
  const config = options.config ?? lossConfigOf(own.metadata)
  if (!config) return
  const info = options.names ? renamedInfo(own, options.names) : own
  const answers = Answers.of(config, Object.fromEntries(set.inputs.map(({ name, tensor }) => [name, tensor])))
  const expected = answers ? expectedOf(info, own, answers) : []
  const inputs = inputsOf(set, info, own)
  const place = join(dir, nameOf(source, set))
  const before = await archivesBefore(place)
  const archives = npz ? await archivesOf(inputs, expected, config) : new Map<string, Uint8Array>()
  for (const [name, bytes] of archives) await output.write(join(place, name), bytes)
  for (const path of before) if (!npz) output.remove(path)
  await putCase(output, place, {
    model: bytes,
    inputs,
    outputs: expected,
    tolerances: {
      rtol: answers?.relative ?? 0,
      atol: 0,
      outputs: Object.fromEntries(expected.map(({ name, rtol, atol }) => [name, { rtol, atol }])),
    },
    info: {
      title: source.info.title ?? `${set.name}, as verify made it`,
      config: recorded(config),
      ...(source.info.margin === undefined ? {} : { margin: source.info.margin }),
      provenance: {
        expected: 'float64 loops of src/reference, rounded to the element type of the output',
        madeBy: `${maker}, onnx-yolo-loss ${version}`,
      },
    },
  })
}

/** Writes the cases of jobs whose configuration is known, with what the reference expects: all of them or none. */
export const keepCases = (dir: string, jobs: readonly Job[], options: KeepOptions = {}): Promise<void> =>
  writeFolder(dir, async (output) => {
    for (const job of jobs) {
      const { source, options: own } = await job.prepare('cpu')
      if (typeof source === 'string' || !own.model) continue
      for (const set of source.dataSets) await keepSet([output, dir], source, set, own, options)
    }
  })
