import { type Command, InvalidArgumentError } from 'commander'
import { exitCodes, nearest, quoted, refuse } from '../../io/index.js'
import {
  type AmountName,
  amountNames,
  Evaluator,
  identify,
  type Observed,
  resultNames,
  subjectOf,
} from '../../reference/semantics/index.js'
import { whyNoResult } from '../../verify/index.js'
import { inLabelOrder } from '../data/headarrays.js'
import { identificationReport, identificationText } from '../data/identification.js'
import { type LossArrays, lossArrays, readable } from '../data/lossarrays.js'
import { endable } from '../endable.js'
import { addFlags, flag, flagsOf, type Given, grouped, parted } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { addBoxFlags } from '../groups/lossflags.js'
import { numberFrom } from '../groups/parse.js'
import { jsonReport } from '../groups/report.js'
import { json } from '../groups/run.js'
import { reading, whatArraysAre } from '../groups/semantic.js'
import type { Shell } from '../shell.js'

const isAmount = (name: string): name is AmountName => (amountNames as readonly string[]).includes(name)

function parseFree(text: string, before: readonly AmountName[] = []): readonly AmountName[] {
  const names = text.split(',').map((name) => name.trim())
  return [
    ...before,
    ...names.map((name) => {
      if (isAmount(name)) return name
      throw new InvalidArgumentError(`${quoted(name)} is no number of the loss: there are ${amountNames.join(', ')}.`)
    }),
  ]
}

/** `conf=obj_loss,grad_y_pred=grad`: our names by theirs; a name without a scale stands for those of all. */
function parseMap(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const names = new Map(before)
  for (const pair of text.split(',')) {
    const [ours = '', theirs = '', ...more] = pair.split('=').map((part) => part.trim())
    if (ours === '' || theirs === '' || more.length > 0) throw new InvalidArgumentError(`"${pair}" is no ours=theirs.`)
    names.set(theirs, ours)
  }
  return names
}

const flags = flagsOf(
  ...grouped(
    'Results',
    flag('--map <pairs>', 'our names of results by theirs: ours=theirs,…; scales follow by themselves', {
      parse: parseMap,
    }),
    flag('--tolerance <x>', 'how far a result may be, relative', { parse: numberFrom(0, 1), default: 1e-5 }),
    flag('--free <names>', 'numbers of the loss to fit, which else are those in use somewhere', { parse: parseFree }),
    ...reading,
  ),
  ...grouped('Reporting', json('words')),
)

const details = `
Given logits, labels and what an implementation returned for them, looks for the loss that it computes: that of every
implementation that is known, each with one rule changed, and further from the nearest if none fits.
${whatArraysAre}
Results are ${resultNames.join(', ')}:
terms of a scale with _0 …, or of all; a scalar, or [B] for each image; ignore_mask_l [B,h,w,A]; grad_y_pred_l as y_pred_l,
delta_y_pred_l its negative, cost_l the sum of its squares. Gradients at logits of exactly 0 are not compared.

Lists every loss within the tolerance. Exit code 0 if it is certain: one fits, and the next is a hundred times as far;
else 1. What a batch cannot tell, that of "yolo-loss probe" can.
${examples(
  'identify result.npz',
  'identify result.npz --preset yolov3-coco --map conf=obj_loss,grad_y_pred=grad',
  'identify result.npz --config my.json --free smooth --json',
)}`

/** Adds `yolo-loss identify`. */
export function addIdentify(program: Command, shell: Shell): void {
  const command = program
    .command('identify <result>')
    .description('Find out which loss an implementation computes, by what it returned.')
    .addHelpText('after', details)
  addBoxFlags(addFlags(command, flags)).action(async (file: string, given: Given) => {
    const [own, rest] = parted(given, flags)
    const data = await lossArrays(file, rest, own)
    const observed = observedIn(data, own.map ?? new Map())
    const { tolerance, free = [] } = own
    const evaluator = readable(file, () => new Evaluator(data.input))
    const found = endable(() => identify(evaluator, observed, { tolerance, free }))
    const told = { found, observed, evaluator, tolerance }
    process.stdout.write(
      own.json ? jsonReport({ ...identificationReport(told), notes: shell.notes }) : identificationText(told),
    )
    if (!found.certain) shell.finish(exitCodes.mismatch)
  })
}

/** What the arrays say of a loss, by our names. @throws InputError for names that say nothing, and shapes that cannot be */
function observedIn(data: LossArrays, map: ReadonlyMap<string, string>): Observed[] {
  const { others, input, path } = data
  const scales = input.anchorMask.length
  const found = [...others].map(([theirs, grid]): Observed => {
    const name = ourName(theirs, map)
    const subject = subjectOf(name, scales)
    if (!subject) {
      const known = resultNames.flatMap((stem) => [stem, ...input.anchorMask.map((_, l) => `${stem}_${l}`)])
      const near = nearest(name, known)
      const remedy = near
        ? `did you mean ${quoted(near)}? --map ours=${theirs} says what it is`
        : 'leave it out, or say with --map what it is'
      return refuse('E_FEED_UNKNOWN', path, `${quoted(theirs)} is no result that is known`, remedy)
    }
    return { name, subject, grid: fitting({ name: theirs, subject, grid }, data) }
  })
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) !== i)
  if (twice) refuse('E_FEED_TWICE', path, `two arrays are ${quoted(twice.name)}`, 'map one of them to another name')
  if (found.length > 0) return found
  return refuse('E_FEED_MISSING', path, 'there is no result beside the batch', `add one of ${resultNames.join(', ')}`)
}

/** A name as it is mapped, with the scale that it ends in. */
function ourName(theirs: string, map: ReadonlyMap<string, string>): string {
  const whole = map.get(theirs)
  if (whole !== undefined) return whole
  const [, stem = theirs, scale] = /^(.*?)(_\d+)$/.exec(theirs) ?? []
  const ours = map.get(stem)
  return ours === undefined ? theirs : `${ours}${scale ?? ''}`
}

/** The numbers of a result in our order. @throws InputError for a shape that it cannot have */
function fitting(one: Observed, { input, layout, path }: LossArrays): Observed['grid'] {
  const { name, subject, grid } = one
  if (subject.kind === 'gradient') {
    const like = input.logits[subject.scale]?.shape ?? []
    return inLabelOrder({ ...grid, name, scale: subject.scale, like }, { ...input, layout }, path)
  }
  const why = whyNoResult(one, input)
  return why ? refuse('E_FEED_SHAPE', path, `${quoted(name)} ${why.what}`, why.remedy) : grid
}
