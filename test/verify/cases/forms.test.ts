import { describe, expect, it } from 'vitest'
import type { Optimization } from '../../../src/runtime/session.js'
import { verifyCase } from '../../../src/verify/judge/verify.js'
import type { LayoutName } from '../../../src/yolo/config/vocabulary.js'
import { boxCaseNames, caseNames, configOf, graphBytes, readFixture } from '../../support/cases.js'
import { caseIn, fixedSizes } from '../../support/forms.js'

/** From dense labels, and from boxes. */
const names = [...caseNames, ...boxCaseNames]

const forms = ['compact', 'static', 'loop'] as const
const layouts: readonly LayoutName[] = ['nhwc', 'nchw', 'nachw', 'nahwc']
const opsets = [13, 17, 18, 21, 24, 25]
const levels: readonly Optimization[] = ['all', 'disabled']

const pairs = forms.flatMap((form) => layouts.map((layout) => ({ form, layout })))

/** What is run on the i-th case: every form in every layout, opsets taking turns; with `--mode full` at every opset and both levels. */
function plans(i: number) {
  if (process.env.YOLO_LOSS_FULL) return pairs.flatMap((pair) => opsets.map((opset) => ({ ...pair, opset, levels })))
  const turn = <T>(list: readonly T[], p: number) => list[(i + p) % list.length] as T
  return pairs.map((pair, p) => ({ ...pair, opset: turn(opsets, p), levels: [turn(levels, Math.floor((i + p) / 4))] }))
}

it('take turns so that all of them are met', () => {
  const met = names.flatMap((_, i) => plans(i))
  for (const { form, layout } of pairs)
    for (const opset of opsets)
      expect(met.some((plan) => plan.form === form && plan.layout === layout && plan.opset === opset)).toBe(true)
  if (process.env.YOLO_LOSS_FULL) expect(met).toHaveLength(names.length * pairs.length * opsets.length)
})

describe.each(names.map((name, i) => ({ name, i })))('on $name', async ({ name, i }) => {
  const test = await readFixture(name)
  const anchors = ((configOf(test).anchorMask as number[][])[0] as number[]).length
  const inputs = new Map(layouts.map((layout) => [layout, caseIn(test, layout, anchors)]))

  it.each(plans(i))(
    '$form in $layout at opset $opset agrees with the oracle',
    async ({ form, layout, opset, levels }) => {
      const sizes = form === 'static' ? fixedSizes(test) : {}
      const config = {
        ...configOf(test),
        ...sizes,
        form,
        layout,
        opset,
        components: true,
        masks: true,
        gradients: true,
      }
      const model = { bytes: graphBytes(config), file: name }
      for (const optimization of levels) {
        const report = await verifyCase(inputs.get(layout) ?? test, { model, optimization })
        expect(report.rows.filter((row) => row.verdict !== 'PASS')).toEqual([])
        expect(report.rows).toHaveLength(test.dataSets[0]?.outputs.length as number)
      }
    },
  )
})
