import type { Command } from 'commander'
import {
  amountNames,
  amounts,
  compareSemantics,
  differences,
  listNames,
  lists,
  profileNames,
  profiles,
  ruleNames,
  rules,
  type SemanticsDifference,
  type SettingName,
  type Spec,
  semanticsOfSpec,
  sourceOf,
  spelledSpec,
} from '../../reference/semantics/index.js'
import { ConfigError, specFrom } from '../../yolo/index.js'
import { lossArrays, readable } from '../data/lossarrays.js'
import { addFlags, flag, flagsOf, type Given, grouped, parted } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { addBoxFlags } from '../groups/lossflags.js'
import { jsonReport } from '../groups/report.js'
import { json } from '../groups/run.js'
import { reading, whatArraysAre } from '../groups/semantic.js'
import type { Shell } from '../shell.js'

/** At least two spaces wide behind a text, however long. */
const column = (text: string, width: number): string => `${text}  `.padEnd(width)

const flags = flagsOf(
  ...grouped('Data', flag('--data <path>', 'an .npz file or a case folder to show the difference on'), ...reading),
  ...grouped('Reporting', json('tables')),
)

const details = `
Without arguments, lists the implementations whose loss is known, and the rules in which they differ; with one, what it
does, and where its source says so. With two and --data, computes both losses in float64 and shows what the choice
changes: per term and scale, and in how many cells. A semantics is a name, and rules that are to be different:
gluon-cv,ignoreBoxes=scale,size=squared.
${whatArraysAre}${examples(
  'semantics',
  'semantics gluon-cv',
  'semantics keras-yolo3 darknet --data fixtures/real-coco-boxes',
  'semantics keras-yolo3 keras-yolo3,atThreshold=counts --data batch.npz --preset yolov3-coco --json',
)}`

/** Adds `yolo-loss semantics`. */
export function addSemantics(program: Command, shell: Shell): void {
  const command = program
    .command('semantics [a] [b]')
    .description("Tell implementations' losses apart: list them, or compute two of them on a batch.")
    .addHelpText('after', details)
  addBoxFlags(addFlags(command, flags)).action(async (a: string | undefined, b: string | undefined, given: Given) => {
    const [own, rest] = parted(given, flags)
    const specs = [a, b].flatMap((text) => (text === undefined ? [] : [specFrom(text)]))
    const [first, second] = specs
    if (!first) return print(own.json ? jsonReport(listed()) : listText())
    if (!second) {
      if (own.data !== undefined) throw new ConfigError('data', 'needs two semantics to compare: name another')
      return print(own.json ? jsonReport(described(first)) : describeText(first))
    }
    if (own.data === undefined)
      return print(own.json ? jsonReport(differing(first, second)) : differText(first, second))
    const { input, path } = await lossArrays(own.data, rest, own)
    const found = readable(path, () => compareSemantics(input, semanticsOfSpec(first), semanticsOfSpec(second)))
    if (!('data' in input.labels) && specs.some((spec) => semanticsOfSpec(spec).ignoreBoxes !== 'scale'))
      shell.note('note: labels have lost boxes that share a cell or fit no anchor; give boxes to see them all')
    print(
      own.json
        ? jsonReport({ ...differing(first, second), ...found, notes: shell.notes })
        : `${differText(first, second)}\n${tables(found, [first, second])}`,
    )
  })
}

const print = (text: string): void => {
  process.stdout.write(text)
}

const spelled = (x: number): string => `${Number(x.toPrecision(7))}`

const listed = () => ({
  profiles: profileNames.map((name) => ({ name, of: profiles[name].of })),
  rules: ruleNames.map((name) => ({ name, asks: rules[name].asks, values: rules[name].values })),
  amounts: amountNames.map((name) => ({ name, ...amounts[name] })),
  lists: listNames.map((name) => ({ name, ...lists[name] })),
})

function listText(): string {
  const implementations = profileNames.map((name) => `  ${column(name, 16)}${profiles[name].of}`)
  const choices = ruleNames.flatMap((name) => [
    `  ${column(name, 16)}${rules[name].asks}`,
    ...Object.entries(rules[name].values).map(([value, { says }]) => `    ${column(value, 16)}${says}`),
  ])
  const numbers = [
    ...amountNames.map((name) => `  ${column(name, 18)}${amounts[name].says} (${amounts[name].default})`),
    ...listNames.map((name) => `  ${column(name, 18)}${lists[name].says} (${lists[name].default.join('/') || 'none'})`),
  ]
  return `implementations\n${implementations.join('\n')}\nrules\n${choices.join('\n')}\nnumbers\n${numbers.join('\n')}\n`
}

const isChanged = ({ changes }: Spec, name: SettingName): boolean => changes[name] !== undefined

function described(spec: Spec) {
  const own = semanticsOfSpec(spec)
  const profile = profiles[spec.profile]
  return {
    semantics: spelledSpec(spec),
    of: profile.of,
    settings: own,
    sources: Object.fromEntries(
      ruleNames.map((name) => [name, isChanged(spec, name) ? null : sourceOf(profile, name)]),
    ),
    notes: 'notes' in profile ? profile.notes : [],
  }
}

function describeText(spec: Spec): string {
  const own = semanticsOfSpec(spec)
  const profile = profiles[spec.profile]
  const rows = ruleNames.map((name) => {
    const source = isChanged(spec, name) ? 'as asked for' : (sourceOf(profile, name) ?? '')
    return `  ${column(name, 16)}${column(own[name], 18)}${source}`
  })
  const numbers = [...amountNames, ...listNames]
    .filter((name) => isChanged(spec, name) || sourceOf(profile, name) !== undefined)
    .map((name) => `  ${column(name, 16)}${column(String(own[name]), 18)}${sourceOf(profile, name) ?? 'as asked for'}`)
  const notes = 'notes' in profile ? profile.notes : []
  return [`${spelledSpec(spec)}: ${profile.of}`, ...rows, ...numbers, ...notes].map((line) => `${line}\n`).join('')
}

const differing = (a: Spec, b: Spec) => ({
  a: spelledSpec(a),
  b: spelledSpec(b),
  rules: differences(semanticsOfSpec(a), semanticsOfSpec(b)).map(({ name, ours, theirs }) => ({
    name,
    a: ours,
    b: theirs,
  })),
})

function differText(a: Spec, b: Spec): string {
  const rows = differences(semanticsOfSpec(a), semanticsOfSpec(b))
  if (rows.length === 0) return 'the same in every rule\n'
  const lines = rows.map(({ name, ours, theirs }) => `  ${column(name, 18)}${column(String(ours), 18)}${theirs}`)
  return `${column('rule', 20)}${column(spelledSpec(a), 18)}${spelledSpec(b)}\n${lines.join('\n')}\n`
}

function tables({ loss, terms, cells }: SemanticsDifference, [a, b]: readonly [Spec, Spec]): string {
  const row = (name: string, x: number, y: number) =>
    `  ${column(name, 18)}${column(spelled(x), 18)}${column(spelled(y), 18)}${spelled(y - x)}`
  const places = cells.map(({ scale, rows, objects, ignored, gradients, worst }) => {
    const where = worst ? `, most at image ${worst[0]}, row ${worst[1]}, column ${worst[2]}, anchor ${worst[3]}` : ''
    return `  scale ${scale}: of ${rows} rows ${objects} differ in having an object, ${ignored} in being ignored, ${gradients} in the gradient${where}`
  })
  return [
    `${'term'.padEnd(20)}${column(spelledSpec(a), 18)}${column(spelledSpec(b), 18)}difference`,
    ...terms.map(({ term, scale, a: x, b: y }) => row(`${term}_${scale}`, x, y)),
    row('loss', ...loss),
    'cells and anchors',
    ...places,
    '',
  ].join('\n')
}
