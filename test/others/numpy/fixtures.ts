import { float32, type Tensor } from '../../../src/io/tensor.js'
import type { LossConfig } from '../../../src/yolo/config/config.js'
import { boxCaseNames, readFixture } from '../../support/cases.js'
import type { Group } from './groups.js'

/** The original's masks are those of its own anchors. */
const knowsMasks = ({ anchorMask }: LossConfig): boolean =>
  ['[[6,7,8],[3,4,5],[0,1,2]]', '[[3,4,5],[1,2,3]]'].includes(JSON.stringify(anchorMask))

/** Rows without their objectness, which the original does not know. */
function plain({ shape: [batch = 0, rows = 0, numbers = 0], data }: Tensor<'float32'>): Tensor<'float32'> {
  const kept = Array.from({ length: batch * rows }, (_, row) => [...data.subarray(row * numbers, row * numbers + 5)])
  return float32([batch, rows, 5], kept.flat())
}

/** The boxes of the fixtures, whose expectations the reference's own loop makes of them. */
export async function fixtureGroups(): Promise<Group[]> {
  const groups: Group[] = []
  for (const name of boxCaseNames) {
    const { info, dataSets } = await readFixture(name)
    const config = info.config as LossConfig
    if (!knowsMasks(config)) {
      console.log(`skip  ${name}: the original has no masks ${JSON.stringify(config.anchorMask)}`)
      continue
    }
    const inputs = dataSets[0]?.inputs ?? []
    const [, h = 0, w = 0] = inputs.find((input) => input.name === 'y_pred_0')?.tensor.shape ?? []
    const boxes = plain(inputs.find((input) => input.name === 'boxes')?.tensor as Tensor<'float32'>)
    groups.push({ name, family: 'fixture', size: [32 * h, 32 * w], config, boxes, alone: false })
  }
  return groups
}
