import type { Tensor } from '../../../src/io/tensor.js'
import { BoxError } from '../../../src/yolo/labels/assign.js'
import { differenceOf } from './compare.js'
import { type Answer, type Happened, imageOf, type Sparse } from './exchange.js'
import type { Group } from './groups.js'
import type { Subject } from './subjects.js'

/** Why images have no targets to compare, and how many of them. */
export type Reasons = Map<string, number>

/** An image that was run alone. */
interface Probe {
  readonly boxes: Tensor<'float32'>
  readonly happened: Happened
  readonly wanted: readonly Sparse[]
}

type Outcome = readonly Float32Array[] | Error

async function outcome(subject: Subject, { size, config }: Group, boxes: Tensor<'float32'>): Promise<Outcome> {
  try {
    return await subject.assign(boxes, size, config)
  } catch (error) {
    return error as Error
  }
}

/** All images of a batch at once, none of which may be refused. @returns what is wrong */
async function judgeBatch(subject: Subject, group: Group, answer: Answer): Promise<string[]> {
  const got = await outcome(subject, group, group.boxes)
  if (got instanceof Error) return [`thrown, though the original takes it: ${got.message}`]
  const difference = differenceOf(answer.targets, got)
  if (!difference) return []
  const { image, what, count } = difference
  return [`image ${image}, ${what}; ${count} numbers of the batch differ`]
}

const exponent = 0x7f800000

/** Why an image has no targets that anybody could be held to. */
function whyBeyond({ boxes, happened }: Probe): string | undefined {
  if (happened.raised) return `the original raises ${happened.raised}`
  if (happened.wrapped > 0) return 'the original wraps around'
  if (happened.foreign > 0) return 'the original writes a class over place, size or objectness'
  if (!boxes.data.every(Number.isFinite)) return 'the boxes are not finite'
  return undefined
}

/** What would be no reason to refuse an image, but is one of the subject's. */
function whyStricter({ happened, wanted }: Probe, { row }: BoxError): string | undefined {
  if (happened.dropped.includes(row)) return 'the original drops the box, as no mask has its anchor'
  const finite = wanted.every(({ bits }) => bits.every((word) => (word & exponent) !== exponent))
  return finite ? undefined : 'the targets are not finite'
}

/** @returns why it has no targets to compare, or what is wrong with those it has */
async function judgeProbe(subject: Subject, group: Group, probe: Probe): Promise<{ reason?: string; fault?: string }> {
  const beyond = whyBeyond(probe)
  const got = await outcome(subject, group, probe.boxes)
  if (got instanceof BoxError) {
    const reason = beyond ?? whyStricter(probe, got)
    return reason ? { reason } : { fault: `refused, though the original takes it: ${got.message}` }
  }
  if (got instanceof Error) return { fault: `thrown: ${got.message}` }
  if (beyond) return { fault: `not refused, though ${beyond}` }
  const difference = differenceOf(probe.wanted, got)
  return difference ? { fault: difference.what } : {}
}

function probeOf({ boxes }: Group, { targets, happened }: Answer, image: number): Probe {
  const [, rows] = boxes.shape as [number, number, number]
  const data = boxes.data.slice(image * rows * 5, (image + 1) * rows * 5)
  return {
    boxes: { dtype: 'float32', shape: [1, rows, 5], data },
    happened: happened[image] as Happened,
    wanted: imageOf(targets, image),
  }
}

const spelledRows = (probe: Probe): string => `[${probe.boxes.data.join(' ')}]`

/**
 * Holds a subject against the original on one group.
 * @param reasons counts images without targets to compare
 * @returns what is wrong; nothing if all agree
 */
export async function judge(subject: Subject, group: Group, answer: Answer, reasons: Reasons): Promise<string[]> {
  const why = subject.exempt?.(group)
  if (why) {
    reasons.set(why, (reasons.get(why) ?? 0) + (group.boxes.shape[0] ?? 0))
    return []
  }
  if (!group.alone) return judgeBatch(subject, group, answer)
  const faults: string[] = []
  for (let image = 0; image < (group.boxes.shape[0] ?? 0); image++) {
    const probe = probeOf(group, answer, image)
    const { reason, fault } = await judgeProbe(subject, group, probe)
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    if (fault) faults.push(`image ${image} ${spelledRows(probe)}: ${fault}`)
  }
  return faults
}
