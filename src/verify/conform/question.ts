import { join } from 'node:path'
import { type AnyTensor, type ElementType, isDType, isElementType, listed, refuse } from '../../io/index.js'
import type { Feeds } from '../../runtime/index.js'
import { type LossConfig, lossModel } from '../../yolo/index.js'
import { tensorOf } from '../answers/answer.js'
import { Answers } from '../answers/answers.js'
import { lossConfigOf } from '../cases/match.js'
import { bindTensors, type DataSet, type TestCase } from '../cases/testcase.js'

/** What one data set of a case asks of an implementation. */
export interface Question {
  readonly test: TestCase
  readonly feeds: Feeds
  /** The outputs that the case holds. */
  readonly held: ReadonlyMap<string, AnyTensor>
  /** What is to be given: what the case holds, else what a graph of its configuration gives. */
  readonly wanted: ReadonlyMap<string, AnyTensor>
  /** What it is about, where the case says so. */
  readonly config: LossConfig | undefined
  readonly answers: Answers | undefined
}

/** What the outputs of a graph of this configuration are, by the reference. */
function promised(config: LossConfig, answers: Answers): Map<string, AnyTensor> {
  const tensors = lossModel(config).body.outputs.flatMap(({ name, dtype }) => {
    const answer = answers.of(name)
    const tensor = answer && isDType(dtype) ? tensorOf(answer, dtype) : undefined
    return tensor ? [[name, tensor] as const] : []
  })
  return new Map(tensors)
}

/** What the reference gives for an array that the case does not hold: in float16 only where that is what is computed in. */
export function answered(
  name: string,
  got: ElementType,
  { config, answers }: Pick<Question, 'config' | 'answers'>,
): AnyTensor | undefined {
  const answer = answers?.of(name)
  const isOwn = got === 'float32' || got === 'float64' || got === config?.dtype
  return answer && tensorOf(answer, isOwn && isElementType(got) ? got : 'float64')
}

function setOf({ dir, dataSets }: TestCase, set: number): DataSet {
  const found = dataSets.find(({ name }) => name === `test_data_set_${set}`)
  const has = listed(dataSets.map(({ name }) => name))
  return found ?? refuse('E_FIXTURE', dir, `there is no test_data_set_${set}`, `it has ${has}`)
}

/**
 * What a case asks.
 * @param set which of its data sets
 * @throws InputError for a data set that it does not have, for tensors without names, and where neither the case nor the
 *   reference has a value to compare with
 */
export function questionOf(test: TestCase, set: number): Question {
  const { name, inputs, outputs } = setOf(test, set)
  const where = join(test.dir, name)
  const feeds = Object.fromEntries(bindTensors(inputs, [], 'input', where))
  const held = bindTensors(outputs, [], 'output', where)
  const config = lossConfigOf(new Map(), test.info.config)
  const answers = config && Answers.of(config, feeds, { ieee: !config.divisionFree })
  const wanted = held.size === 0 && config && answers ? promised(config, answers) : held
  if (wanted.size === 0)
    refuse(
      'E_FIXTURE',
      test.dir,
      'it expects nothing, and does not say of what it is a case',
      'make it with verify --keep',
    )
  return { test, feeds, held, wanted, config, answers }
}
