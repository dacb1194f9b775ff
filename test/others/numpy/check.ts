import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readAnswer, runOriginal, writeGroup } from './exchange.js'
import { fixtureGroups } from './fixtures.js'
import { type Group, groupsFrom } from './groups.js'
import { judge, type Reasons } from './judge.js'
import { type Subject, subjects } from './subjects.js'

/**
 * Target assignment against `preprocess_true_boxes` of keras-yolo3, bit for bit, on random boxes and on those that
 * something is odd about.
 *
 *     tsx check.ts --python PYTHON --wheel WHEEL [--seed N]        PYTHON has NumPy; WHEEL ships the original
 */
const { values } = parseArgs({
  options: { python: { type: 'string' }, wheel: { type: 'string' }, seed: { type: 'string', default: '28' } },
})
const { python, wheel, seed } = values
if (!Number.isSafeInteger(Number(seed))) throw new Error(`--seed ${seed} is no whole number`)
if (python === undefined || wheel === undefined) throw new Error('--python and --wheel are needed; run.sh has them')

const fewestBoxes = 100_000
const faultsShown = 3
const counts = { groups: 0, images: 0, boxes: 0, written: 0 }
let [passed, failed] = [0, 0]

const nameOf = (group: number): string => String(group).padStart(4, '0')

function count({ boxes: { shape, data } }: Group): void {
  counts.groups++
  counts.images += shape[0] as number
  for (let at = 0; at < data.length; at += 5) if ((data[at + 2] as number) > (data[at] as number)) counts.boxes++
}

function tell(subject: Subject, group: Group, faults: readonly string[]): void {
  const what = `${subject.name}  ${group.name}  ${group.family} [${group.boxes.shape}]`
  const shown = faults.slice(0, faultsShown).map((fault) => `\n      ${fault}`)
  const more = faults.length > faultsShown ? `\n      and ${faults.length - faultsShown} more` : ''
  console.log(`${faults.length > 0 ? 'FAIL' : 'pass'}  ${what}${shown.join('')}${more}`)
  if (faults.length > 0) failed++
  else passed++
}

async function judgeAll(folder: string, groups: readonly Group[]): Promise<void> {
  const reasons = new Map<Subject, Reasons>(subjects.map((subject) => [subject, new Map()]))
  for (const [i, group] of groups.entries()) {
    const answer = await readAnswer(folder, nameOf(i))
    counts.written += answer.targets.reduce((sum, { bits }) => sum + bits.length, 0)
    for (const [subject, why] of reasons) tell(subject, group, await judge(subject, group, answer, why))
  }
  for (const [{ name }, why] of reasons)
    for (const [reason, times] of why) console.log(`${name}: ${times} images refused or not asked, ${reason}`)
}

/** A run on too little would pass as well. */
function enough(): boolean {
  const { groups, images, boxes, written } = counts
  console.log(`seed ${seed}: ${boxes} boxes in ${images} images of ${groups} groups; ${written} numbers written`)
  return boxes >= fewestBoxes && written > boxes
}

const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-numpy-'))
try {
  const groups = [...groupsFrom(Number(seed)), ...(await fixtureGroups())]
  groups.forEach(count)
  for (const [i, group] of groups.entries()) await writeGroup(folder, nameOf(i), group)
  runOriginal(python, wheel, folder)
  await judgeAll(folder, groups)
  if (!enough()) failed++
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
