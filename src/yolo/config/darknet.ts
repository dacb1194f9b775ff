import { expectArguments, must } from '../../io/index.js'
import { ConfigError } from './config.js'
import { pairsIn } from './lists.js'
import { boxEntries, coarsestStride } from './vocabulary.js'

/** What a Darknet configuration file says about the loss. */
export interface DarknetConfig {
  readonly anchors: number[][]
  /** Coarsest scale first. */
  readonly anchorMask: number[][]
  readonly classes: number
  readonly ignoreThreshold: number
  /** Height and width of the network input in pixels, of its `[net]` section. */
  readonly input?: readonly [height: number, width: number]
}

interface Section {
  readonly name: string
  readonly line: number
  /** What to call it in messages. */
  readonly where: string
  readonly options: ReadonlyMap<string, string>
}

/** A `[yolo]` section, and what the layers before it give it. */
interface Scale {
  readonly section: Section
  readonly mask: number[]
  /** Pixels of the input for each cell; 1 in an excerpt without layers. */
  readonly stride: number
  /** Channels of the convolution before it; undefined when something else stands there. */
  readonly channels: number | undefined
}

/** Options by which other loss functions than that of YOLO v3 are chosen, with the value that leaves it alone. */
const neutral: Readonly<Record<string, string>> = {
  truth_thresh: '1',
  scale_x_y: '1',
  iou_loss: 'mse',
  iou_thresh: '1',
  focal_loss: '0',
  new_coords: '0',
}

/**
 * The values in a Darknet configuration file: anchors, masks, classes and threshold of its `[yolo]` sections, which must
 * agree where there is one value for all, and the input size of `[net]`. Omitted options have Darknet's defaults (classes
 * 20, ignore_thresh .5, mask: all anchors). Scales are put in the order of their strides, coarsest first; in an excerpt
 * without layers they stay in the order of the file, which is the same in all of Darknet's YOLO v3 files.
 *
 * Only values are taken: the loss stays that of keras-yolo3.
 *
 * Source: Darknet, `parser.c` (`parse_yolo`, `read_cfg`).
 * @param file what to call it in messages
 * @throws ConfigError naming section, line and value for what is no such file or describes another loss
 */
export function parseDarknet(text: string, file = 'configuration'): DarknetConfig {
  expectArguments('parseDarknet', { text: must.text, file: must.text }, { text, file })
  const sections = readSections(text, file)
  const scales = scalesOf(sections)
  const [first] = scales
  if (!first) {
    const region = sections.some(({ name }) => name === 'region') ? ', but [region]: this is a network of YOLO v2' : ''
    throw new ConfigError(file, `has no [yolo] section${region}`)
  }
  const same = <T>(what: string, get: (s: Section) => T) => agreeing(scales, what, get, file)
  const anchors = same('anchors', pairsOf)
  const classes = same('classes', (s) => number(s, 'classes', 20))
  const ignoreThreshold = same('ignore_thresh', (s) => number(s, 'ignore_thresh', 0.5))
  for (const scale of scales) checkScale(scale, classes)
  const ordered = inOrder(scales, file)
  const net = sections.find(({ name }) => name === 'net' || name === 'network')
  const [height, width] = ['height', 'width'].map((key) => net && number(net, key, 0)) as [number, number]
  return {
    anchors,
    anchorMask: ordered.map(({ mask }) => mask),
    classes,
    ignoreThreshold,
    ...(height && width ? { input: [height, width] as const } : {}),
  }
}

/**
 * Lines `key=value` under `[name]`; white space means nothing, `#` and `;` begin comments. Darknet takes the first of two
 * equal keys; its own files rely on that in `[net]`, where training and testing values stand.
 */
function readSections(text: string, file: string): Section[] {
  const sections: (Section & { readonly options: Map<string, string> })[] = []
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\s/g, '')
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const name = /^\[(\w+)\]$/.exec(line)?.[1]?.toLowerCase()
    const [, key = '', value = ''] = /^([^=[\]]+)=(.*)$/.exec(line) ?? []
    const section = sections.at(-1)
    if (name !== undefined)
      sections.push({ name, line: i + 1, where: `[${name}] of line ${i + 1} in ${file}`, options: new Map() })
    else if (key === '' || !section)
      throw new ConfigError(file, `is no Darknet configuration: line ${i + 1} is "${clip(raw)}"`)
    else if (!section.options.has(key)) section.options.set(key, value)
    else if (section.name === 'yolo')
      throw new ConfigError(key, `stands twice in [yolo], again in line ${i + 1} of ${file}`)
  }
  return sections
}

const clip = (text: string): string =>
  text
    .trim()
    .slice(0, 60)
    .replace(/[^\x20-\x7e]/g, '?')

function number(section: Section, key: string, absent: number): number {
  const text = section.options.get(key)
  const value = text === undefined ? absent : Number(text)
  if (text === '' || Number.isNaN(value))
    throw new ConfigError(key, `must be a number, got "${clip(text ?? '')}" in ${section.where}`)
  return value
}

function list(section: Section, key: string): number[] | undefined {
  const text = section.options.get(key)
  const words = text?.replace(/,$/, '').split(',')
  const odd = words?.find((word) => word === '' || Number.isNaN(Number(word)))
  if (odd !== undefined)
    throw new ConfigError(key, `must be numbers with commas, got "${clip(odd)}" in ${section.where}`)
  return words?.map(Number)
}

function pairsOf(section: Section): number[][] {
  const flat = list(section, 'anchors')
  const { where } = section
  if (!flat) throw new ConfigError('anchors', `are missing in ${where}`)
  const wanted = 2 * number(section, 'num', flat.length / 2)
  if (flat.length % 2 !== 0) throw new ConfigError('anchors', `hold ${flat.length} numbers, no pairs, in ${where}`)
  if (flat.length !== wanted)
    throw new ConfigError('anchors', `hold ${flat.length / 2} pairs where num = ${wanted / 2}, in ${where}`)
  return pairsIn(flat)
}

/** One value for all scales, or a complaint that names two that differ. */
function agreeing<T>(scales: readonly Scale[], what: string, get: (s: Section) => T, file: string): T {
  const told = scales.map(({ section }) => ({ value: get(section), line: section.line }))
  const own = told[0] as (typeof told)[number]
  const other = told.find(({ value }) => JSON.stringify(value) !== JSON.stringify(own.value))
  if (!other) return own.value
  const [here, there] = [own, other].map(({ value, line }) => `${JSON.stringify(value)} in line ${line}`)
  throw new ConfigError(what, `must be the same in all [yolo] sections of ${file}, got ${here}, ${there}`)
}

/** Follows stride and channels through the layers, as far as they decide the size of a map. */
function scalesOf(sections: readonly Section[]): Scale[] {
  const layers: { stride: number; channels: number | undefined }[] = []
  const scales: Scale[] = []
  for (const section of sections) {
    if (section.name === 'net' || section.name === 'network') continue
    const before = layers.at(-1) ?? { stride: 1, channels: undefined }
    const step = number(section, 'stride', 1)
    const layer = { stride: before.stride, channels: undefined as number | undefined }
    if (section.name === 'upsample') layer.stride /= section.options.has('stride') ? step : 2
    else if (section.name === 'route') layer.stride = routed(section, layers)
    else if (section.name !== 'yolo') layer.stride *= step
    if (section.name === 'convolutional') layer.channels = number(section, 'filters', 1)
    layers.push(layer)
    if (section.name !== 'yolo') continue
    const all = pairsOf(section).map((_, i) => i)
    scales.push({ section, mask: list(section, 'mask') ?? all, ...before })
  }
  return scales
}

/** A route takes the size of the layer it names: from here if negative, else from the first. */
function routed(section: Section, layers: readonly { stride: number }[]): number {
  const [at = -1] = list(section, 'layers') ?? []
  const layer = layers[at < 0 ? layers.length + at : at]
  if (!layer) throw new ConfigError('layers', `name layer ${at}, which is not there, in ${section.where}`)
  return layer.stride
}

function checkScale({ section: { options, where }, mask, channels }: Scale, classes: number): void {
  const wanted = mask.length * (boxEntries + classes)
  const product = `${mask.length} anchors × (${boxEntries} + ${classes} classes)`
  if (channels !== undefined && channels !== wanted)
    throw new ConfigError('filters', `before ${where} is ${channels}, but ${product} make ${wanted}`)
  for (const [key, value] of Object.entries(neutral)) {
    const found = options.get(key)
    if (found !== undefined && found !== value && Number(found) !== Number(value))
      throw new ConfigError(key, `= ${clip(found)} in ${where} asks for another loss than that of YOLO v3`)
  }
}

function inOrder(scales: readonly Scale[], file: string): readonly Scale[] {
  if (scales.every(({ stride }) => stride === 1)) return scales
  const ordered = [...scales].sort((a, b) => b.stride - a.stride)
  const odd = ordered.find(({ stride }, l) => stride !== coarsestStride / 2 ** l)
  if (odd) {
    const strides = ordered.map(({ stride }) => stride).join(', ')
    throw new ConfigError('stride', `of the [yolo] sections of ${file} must be 32, 16, 8, … pixels, got ${strides}`)
  }
  return ordered
}
