import type { Command } from 'commander'
import { encodeNpz, float32, printable, type Tensor, writeAtomic } from '../../io/index.js'
import { probe, type SemanticsInput } from '../../reference/semantics/index.js'
import type { LayoutName } from '../../yolo/index.js'
import { inLayout } from '../data/headarrays.js'
import { configArrays } from '../data/lossarrays.js'
import { addFlags, flag, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { namedFile } from '../groups/overwriting.js'
import { parseCount } from '../groups/parse.js'
import { jsonReport } from '../groups/report.js'
import { json } from '../groups/run.js'
import { layout } from '../groups/semantic.js'
import type { Shell } from '../shell.js'

const flags = flagsOf(
  ...grouped(
    'The batch',
    flag('--classes <n>', 'number of classes; with 1, what is done with a single class shows', {
      parse: parseCount,
      default: 3,
    }),
    flag('--labels <kind>', 'boxes, or dense labels as keras-yolo3 makes them: then no assignment shows', {
      choices: ['boxes', 'dense'],
      default: 'boxes',
    }),
    flag('--whole', 'boxes without objectness, [B,M,5]: for implementations that know only whole objects'),
    flag('--plain', 'the same, and every anchor in one mask: for implementations that know no others'),
    ...layout,
  ),
  ...grouped('Writing', flag('-o, --output <file>', 'an .npz file', { required: true }), json('words')),
)

type ProbeFlags = ValuesOf<typeof flags>

const details = `
The batch is of 3 images of 128x128 pixels, with 9 anchors of its own, a threshold of 0.5, boxes that share a cell, lie on
borders, fit two scales or none, and predictions that overlap them by one half to the last bit. Run the implementation
on the arrays, put what it returns beside them, and ask "identify":

  arrays = dict(numpy.load('probe.npz'))
  numpy.savez('result.npz', loss=your_loss(arrays), **arrays)

Arrays: y_pred_0 … [B,h,w,A·(5+C)], or of another --layout, coarsest first; boxes [B,M,6] xmin ymin xmax ymax class objectness, [B,M,5] with
--whole or --plain, or y_true_0 … [B,h,w,A,5+C]; anchors [9,2], anchor_mask [3,3], classes, ignore_threshold, input [2].
${examples('probe -o probe.npz', 'probe --plain --labels dense -o probe.npz')}`

/** Adds `yolo-loss probe`. */
export function addProbe(program: Command, shell: Shell): void {
  const command = program
    .command('probe')
    .description('Write a small batch on which the losses of all implementations differ.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (given: ProbeFlags) => {
    namedFile('output', given.output)
    const { classes, labels, plain = false, whole = plain, layout = 'nhwc' } = given
    const arrays = arraysOf(probe({ classes, labels, plain, whole }), layout)
    await writeAtomic(given.output, await encodeNpz(arrays))
    shell.note(`wrote ${printable(given.output)} (${Object.keys(arrays).length} arrays)`)
    if (given.json)
      process.stdout.write(jsonReport({ file: given.output, arrays: shapesOf(arrays), notes: shell.notes }))
  })
}

const shapesOf = (arrays: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape]))

/** The batch with its configuration. */
function arraysOf(
  { anchors, anchorMask, classes, ignoreThreshold, logits, labels }: SemanticsInput,
  layout: LayoutName,
): Record<string, Tensor> {
  const whole = (shape: readonly number[], values: readonly number[]): Tensor => ({
    dtype: 'int32',
    shape,
    data: Int32Array.from(values),
  })
  const [, height = 0, width = 0] = logits[0]?.shape ?? []
  const tensor = ({ shape, data }: (typeof logits)[number]) => float32(shape, data)
  const named = (stem: string, grids: typeof logits) => grids.map((grid, l) => [`${stem}_${l}`, tensor(grid)] as const)
  const heads = logits.map((grid, l) => inLayout(grid, layout, anchorMask[l]?.length ?? 0))
  const isRows = 'data' in labels
  return {
    ...Object.fromEntries(named('y_pred', heads)),
    ...(isRows ? { boxes: tensor(labels) } : Object.fromEntries(named('y_true', labels))),
    [configArrays.anchors]: float32([anchors.length, 2], anchors.flat()),
    [configArrays.anchorMask]: whole([anchorMask.length, anchorMask[0]?.length ?? 0], anchorMask.flat()),
    [configArrays.classes]: whole([], [classes]),
    [configArrays.ignoreThreshold]: float32([], [ignoreThreshold]),
    input: whole([2], [32 * height, 32 * width]),
  }
}
