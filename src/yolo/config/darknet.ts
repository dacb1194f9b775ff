import { ConfigError } from './config.js'

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
export function parseDarknet(text: string, file: string): DarknetConfig {
  const sections = readSections(text, file)
  const scales = scalesOf(sections, file)
  const [first] = scales
  if (!first) {
    const region = sections.some(({ name }) => name === 'region') ? ', but [region]: this is a network of YOLO v2' : ''
    throw new ConfigError(file, `has no [yolo] section${region}`)
  }
  const same = <T>(what: string, get: (s: Section) => T) => agreeing(scales, what, get, file)
  const anchors = same('anchors', (s) => pairsOf(s, file))
  const classes = same('classes', (s) => number(s, 'classes', 20, file))
  const ignoreThreshold = same('ignore_thresh', (s) => number(s, 'ignore_thresh', 0.5, file))
  for (const scale of scales) checkScale(scale, classes, file)
  const ordered = inOrder(scales, file)
  const net = sections.find(({ name }) => name === 'net' || name === 'network')
  const [height, width] = ['height', 'width'].map((key) => net && number(net, key, 0, file)) as [number, number]
  return {
    anchors,
    anchorMask: ordered.map(({ mask }) => mask),
    classes,
    ignoreThreshold,
    ...(height && width ? { input: [height, width] as const } : {}),
  }
}

/** Lines `key=value` under `[name]`; white space means nothing, `#` and `;` begin comments. */
function readSections(text: string, file: string): Section[] {
  const sections: { name: string; line: number; options: Map<string, string> }[] = []
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\s/g, '')
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const name = /^\[(\w+)\]$/.exec(line)?.[1]
    const option = /^([^=[\]]+)=(.*)$/.exec(line)
    const section = sections.at(-1)
    if (name !== undefined) sections.push({ name: name.toLowerCase(), line: i + 1, options: new Map() })
    else if (!option || !section)
      throw new ConfigError(file, `is no Darknet configuration: line ${i + 1} is "${clip(raw)}"`)
    else addOption(section, option[1] as string, option[2] as string, `line ${i + 1} of ${file}`)
  }
  return sections
}

/** Darknet takes the first of two; its own files rely on that in `[net]`, where training and testing values stand. */
function addOption(
  { name, options }: { name: string; options: Map<string, string> },
  key: string,
  value: string,
  place: string,
): void {
  const twice = options.has(key)
  if (twice && name === 'yolo') throw new ConfigError(key, `stands twice in [yolo], again in ${place}`)
  if (!twice) options.set(key, value)
}

const clip = (text: string): string =>
  text
    .trim()
    .slice(0, 60)
    .replace(/[^\x20-\x7e]/g, '?')

const placeOf = ({ name, line }: Section, file: string): string => `[${name}] of line ${line} in ${file}`

function number(section: Section, key: string, absent: number, file: string): number {
  const text = section.options.get(key)
  const value = text === undefined ? absent : Number(text)
  if (text === '' || Number.isNaN(value))
    throw new ConfigError(key, `must be a number, got "${clip(text ?? '')}" in ${placeOf(section, file)}`)
  return value
}

function list(section: Section, key: string, file: string): number[] | undefined {
  const text = section.options.get(key)
  const words = text?.replace(/,$/, '').split(',')
  const odd = words?.find((word) => word === '' || Number.isNaN(Number(word)))
  if (odd !== undefined)
    throw new ConfigError(key, `must be numbers with commas, got "${clip(odd)}" in ${placeOf(section, file)}`)
  return words?.map(Number)
}

function pairsOf(section: Section, file: string): number[][] {
  const flat = list(section, 'anchors', file)
  const where = placeOf(section, file)
  if (!flat) throw new ConfigError('anchors', `are missing in ${where}`)
  const wanted = 2 * number(section, 'num', flat.length / 2, file)
  if (flat.length % 2 !== 0) throw new ConfigError('anchors', `hold ${flat.length} numbers, no pairs, in ${where}`)
  if (flat.length !== wanted)
    throw new ConfigError('anchors', `hold ${flat.length / 2} pairs where num = ${wanted / 2}, in ${where}`)
  return Array.from({ length: flat.length / 2 }, (_, i) => flat.slice(2 * i, 2 * i + 2))
}

/** One value for all scales, or a complaint that names two that differ. */
function agreeing<T>(scales: readonly Scale[], what: string, get: (s: Section) => T, file: string): T {
  const [first, ...rest] = scales.map(({ section }) => ({ section, value: get(section) }))
  const own = first as { section: Section; value: T }
  const other = rest.find(({ value }) => JSON.stringify(value) !== JSON.stringify(own.value))
  if (other) {
    const values = `${JSON.stringify(own.value)} in line ${own.section.line}, ${JSON.stringify(other.value)} in line ${other.section.line}`
    throw new ConfigError(what, `must be the same in all [yolo] sections of ${file}, got ${values}`)
  }
  return own.value
}

/** Follows stride and channels through the layers, as far as they decide the size of a map. */
function scalesOf(sections: readonly Section[], file: string): Scale[] {
  const layers: { stride: number; channels: number | undefined }[] = []
  const scales: Scale[] = []
  for (const section of sections) {
    if (section.name === 'net' || section.name === 'network') continue
    const before = layers.at(-1) ?? { stride: 1, channels: undefined }
    const step = number(section, 'stride', 1, file)
    const layer = { stride: before.stride, channels: undefined as number | undefined }
    if (section.name === 'upsample') layer.stride /= section.options.has('stride') ? step : 2
    else if (section.name === 'route') layer.stride = routed(section, layers, file)
    else if (section.name !== 'yolo') layer.stride *= step
    if (section.name === 'convolutional') layer.channels = number(section, 'filters', 1, file)
    layers.push(layer)
    if (section.name !== 'yolo') continue
    const all = pairsOf(section, file).map((_, i) => i)
    scales.push({ section, mask: list(section, 'mask', file) ?? all, ...before })
  }
  return scales
}

/** A route takes the size of the layer it names: from here if negative, else from the first. */
function routed(section: Section, layers: readonly { stride: number }[], file: string): number {
  const [at = -1] = list(section, 'layers', file) ?? []
  const layer = layers[at < 0 ? layers.length + at : at]
  if (!layer) throw new ConfigError('layers', `name layer ${at}, which is not there, in ${placeOf(section, file)}`)
  return layer.stride
}

function checkScale({ section, mask, channels }: Scale, classes: number, file: string): void {
  const where = placeOf(section, file)
  const wanted = mask.length * (5 + classes)
  if (channels !== undefined && channels !== wanted)
    throw new ConfigError(
      'filters',
      `before ${where} is ${channels}, but ${mask.length} anchors × (5 + ${classes} classes) make ${wanted}`,
    )
  for (const [key, value] of Object.entries(neutral)) {
    const found = section.options.get(key)
    if (found !== undefined && found !== value && Number(found) !== Number(value))
      throw new ConfigError(key, `= ${clip(found)} in ${where} asks for another loss than that of YOLO v3`)
  }
}

function inOrder(scales: readonly Scale[], file: string): readonly Scale[] {
  if (scales.every(({ stride }) => stride === 1)) return scales
  const ordered = [...scales].sort((a, b) => b.stride - a.stride)
  const odd = ordered.find(({ stride }, l) => stride !== 32 / 2 ** l)
  if (odd) {
    const strides = ordered.map(({ stride }) => stride).join(', ')
    throw new ConfigError('stride', `of the [yolo] sections of ${file} must be 32, 16, 8, … pixels, got ${strides}`)
  }
  return ordered
}
