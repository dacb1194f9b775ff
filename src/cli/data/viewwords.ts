import { printable } from '../../io/index.js'
import type { Side } from '../../view/index.js'

const spelled = (x: number): string => `${Number(x.toPrecision(7))}`

const lossInWords = ({ loss, graph }: Side): string =>
  loss === undefined
    ? ''
    : `loss ${spelled(loss)}, ${graph?.loss === undefined ? '' : `by the graph ${spelled(graph.loss)}, `}`

const inWords = (side: Side): string =>
  `${printable(side.name)}: ${side.images.length} image${side.images.length === 1 ? '' : 's'}, ${lossInWords(side)}no less than ${spelled(side.floor)}`

/** How far the losses of two graphs are apart. */
function apart([a, b]: readonly Side[]): string[] {
  const [before, after] = [a?.graph?.loss, b?.graph?.loss]
  return before === undefined || after === undefined ? [] : [`the losses of the graphs differ by ${spelled(after - before)}`] // biome-ignore format: one row
}

/** A page in words: each side with its losses. */
export const pageInWords = (sides: readonly Side[]): string => [...sides.map(inWords), ...apart(sides)].join('; ')

const beyond = ({ outputs = [] }: Side): string[] => outputs.filter(({ differs }) => differs).map(({ name }) => name)

/** Which outputs of graphs are beyond their tolerance, a line for each graph; nothing where none are. */
export const beyondTolerance = (sides: readonly Side[]): string[] =>
  sides.flatMap((side) => {
    const names = beyond(side).map(printable)
    const of = sides.length > 1 ? ` of ${printable(side.graph?.name ?? side.name)}` : ''
    return names.length > 0 ? [`beyond tolerance${of}: ${names.join(', ')}`] : []
  })

/** JSON has no word for NaN and infinities. */
const inJson = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

/** A side for a report. */
export function sideReport(side: Side): object {
  const { name, images, loss, floor, sums, findings, outputs, graph } = side
  return {
    name,
    images: images.length,
    pictures: images.filter(({ picture }) => picture !== undefined).length,
    ...(loss !== undefined && { loss: inJson(loss) }),
    ...(graph && { graph: { name: graph.name, ...(graph.loss !== undefined && { loss: inJson(graph.loss) }) } }),
    floor: inJson(floor),
    ...(sums && { scales: sums.scales.map((own) => Object.fromEntries(Object.entries(own).map(([k, x]) => [k, inJson(x)]))) }),
    findings: findings.map(({ text }) => text),
    ...(outputs && { differing: beyond(side) }),
  } // biome-ignore format: one object
}
