import { readFile } from 'node:fs/promises'
import { detachLoss } from '../../../src/attach/detach.js'
import type { HeadLayout } from '../../../src/detector/layouts.js'
import { decodeNpz } from '../../../src/io/arrays/npz.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import type { Feeds } from '../../../src/runtime/feeds.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { Answers } from '../../../src/verify/answers/answers.js'
import { modelConfig } from '../../../src/verify/cases/match.js'
import type { ConfigInput, LossConfig } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { type HeadForm, tinyConfig, tinyDetector } from '../../attach/detector.js'
import { asGrid, boxesOf, labelsOf, noise } from '../../attach/given.js'
import { write } from '../../support/folder.js'
import type { Kit, Row } from '../kit.js'
import { lossLeft, lossNeeds, lossSamples, lossWays } from './export.js'

/** Rows and columns of the heads of the tiny detector, coarsest first. */
const grids = [[3, 2], [6, 4]] as const // biome-ignore format: pairs
const forms: readonly HeadForm[] = ['nchw', 'nhwc', 'nahwc', 'nachw', 'nhwac', 'flat-hwa', 'flat-ahw']
const training = [
  '--momentum', '--weight-decay', '--betas', '--eps', '--clip-norm', '--ema', '--accumulate', '--freeze', '--freeze-above',
  '--train-only', '--batch-norm', '--gradients-only', '--one-file', '--new-heads', '--steps-per-run',
] // biome-ignore format: a list

/** The axes of the heads, by the flags of a row. */
const layoutOf = (row: Row): HeadForm => (row['--head-layout'] ?? row['--layout'] ?? 'nchw') as HeadForm

export const attachKit: Kit = {
  command: 'attach',
  base: (row) => [`${layoutOf(row)}.onnx`, '--config', 'tiny.json', '-o', 'out.onnx'],
  samples: {
    ...lossSamples,
    '--input': ['96x64'],
    '--preset': ['yolov3-tiny-voc'],
    '--anchors': ['5,8,12,9,17,30,33,20,40,52,70,61'],
    '--anchor-mask': ['5,4,3/2,1,0'],
    '--classes': ['2'],
    '--opset': ['17', '18'],
    '--heads': ['coarse,fine'],
    '--grids': ['3x2,6x4'],
    '--momentum': ['0.5'],
    '--weight-decay': ['0.01'],
    '--betas': ['0.8,0.9'],
    '--eps': ['1e-6'],
    '--clip-norm': ['1', 'off'],
    '--ema': ['0.9'],
    '--accumulate': ['2'],
    '--freeze': ['const/stage0.*'],
    '--freeze-above': ['stage2/Conv'],
    '--new-heads': ['1'],
    '--steps-per-run': ['2'],
  },
  left: { ...lossLeft, '--config': 'stands in every line', '--output': 'stands in every line' },
  needs: {
    ...lossNeeds,
    '--form static': { '--batch': '2', '--input': '96x64' },
    '--train': { '--batch': '2', '--force': '' },
    ...Object.fromEntries(training.map((flag) => [flag, { '--train': 'sgd adam adamw' }])),
    '--momentum': { '--train': 'sgd' },
    '--betas': { '--train': 'adam adamw' },
    '--eps': { '--train': 'adam adamw' },
    '--head-layout flat-hwa': { '--heads': 'coarse,fine', '--grids': '3x2,6x4' },
    '--head-layout flat-ahw': { '--heads': 'coarse,fine', '--grids': '3x2,6x4' },
    '--grids': { '--head-layout': 'flat-hwa', '--heads': 'coarse,fine' },
  },
  ways: lossWays,
  prepare: () =>
    write({
      'tiny.json': tinyConfig,
      ...Object.fromEntries(forms.map((head) => [`${head}.onnx`, tinyDetector({ head, opset: 17, irVersion: 8 })])),
    }),
  check: async (row) => {
    const bytes = await readFile('out.onnx')
    const info = readModel(bytes, 'out.onnx')
    const config = resolveConfig(modelConfig(info.metadata) as ConfigInput)
    const layout = layoutOf(row)
    const own = beside(config, row)
    const values = row['--train'] ? await decodeNpz(await readFile('out.npz'), 'out.npz') : []
    const count = Number(row['--steps-per-run'] ?? 0)
    const rate = row['--train'] ? { rate: float32([], [0.01]) } : {}
    const all: Feeds = { ...repeated({ image: noise({}), ...own, ...rate }, count), ...Object.fromEntries(values) }
    const wanted = info.inputs
      .filter(({ name }) => name in all && !info.initializers.includes(name))
      .map(({ name }) => [name, all[name]] as const)
    const outputs = firstOf(await evaluateModel(bytes, Object.fromEntries(wanted) as Feeds), count)
    const detector = row['--new-heads']
      ? detachLoss(bytes, { weights: Object.fromEntries(values) }).bytes
      : await readFile(`${layout}.onnx`)
    const heads = await evaluateModel(detector, { image: noise({}) })
    const logits = ['coarse', 'fine'].map((name, l) => inGrid(heads.get(name) as Tensor, layout as HeadLayout, l))
    const feeds = { ...own, ...Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, t])) }
    const answers = Answers.of({ ...config, layout: 'nhwc', dtype: 'float32' }, feeds)
    return answers ? different(answers, outputs, config.layout) : 'the reference has no answer'
  },
}

/** Inputs of so many steps of one run, all alike; of none as they are. */
const repeated = (given: Record<string, Tensor>, count: number): Record<string, Tensor> =>
  count === 0
    ? given
    : Object.fromEntries(
        Object.entries(given).map(([name, { dtype, shape, data }]) => {
          const all = new (data.constructor as Float32ArrayConstructor)(count * data.length)
          for (let i = 0; i < count; i++) all.set(data as Float32Array, i * data.length)
          return [name, { dtype, shape: [count, ...shape], data: all } as Tensor]
        }),
      )

/** Outputs of the first of so many steps. */
const firstOf = (outputs: ReadonlyMap<string, Tensor>, count: number): ReadonlyMap<string, Tensor> =>
  count === 0
    ? outputs
    : new Map(
        [...outputs]
          .filter(([name]) => !name.startsWith('next_'))
          .map(([name, { dtype, shape, data }]) => {
            const first = (data as Float32Array).slice(0, data.length / count)
            return [name, { dtype, shape: shape.slice(1), data: first } as Tensor]
          }),
      )

/** What a loss is given beside its logits, of as many boxes as there may be. */
function beside(config: LossConfig, row: Row): Record<string, Tensor> {
  const scene = { batch: 2 }
  const given = config.labels === 'dense' ? labelsOf(config, scene) : { boxes: boxesOf(config, scene) }
  const labels = Object.entries(given).map(([name, t]) => [name, name === 'boxes' ? t : as(config.dtype, t)] as const)
  return {
    ...Object.fromEntries(labels),
    ...('--normalizer' in row && { normalizer: as(config.dtype, float32([], [4])) }),
  }
}

/** Labels are of the element type that is calculated in. */
const as = (dtype: LossConfig['dtype'], t: Tensor): Tensor =>
  dtype === 'float64' ? { dtype, shape: t.shape, data: Float64Array.from(t.data as Float32Array) } : t

function inGrid(head: Tensor, layout: HeadLayout, l: number): Tensor {
  const { shape, data } = asGrid(head, layout, 3, grids[l] as readonly [number, number])
  return float32(shape as number[], [...data])
}

/** Float32 throughout, beyond the bound of each number: heads of a detector are not settled off the threshold. */
const relative = 1e-5

/** The first output that is not the reference's; what the reference does not know is not looked at. */
function different(answers: Answers, outputs: ReadonlyMap<string, Tensor>, layout: HeadLayout): string | undefined {
  let seen = 0
  for (const [name, tensor] of outputs) {
    const answer = answers.of(name)
    if (!answer) continue
    seen++
    const scale = Number(name.slice(-1))
    const got = name.startsWith('grad_') ? inGrid(tensor, layout, scale).data : tensor.data
    for (let i = 0; i < answer.values.length; i++) {
      const [want = 0, have, slack = 0] = [answer.values[i], Number(got[i]), answer.slack?.[i]]
      if (!Object.is(have, want) && !(Math.abs(have - want) <= slack + relative * Math.abs(want)))
        return `${name}[${i}] is ${have}, not ${want}`
    }
  }
  return seen > 0 ? undefined : 'nothing to compare'
}
