import type { Random } from '../../../src/io/random.js'
import { anyBox, padding, type Row, row, zeroRow } from './rows.js'
import type { Setting } from './settings.js'

/** Rows that nobody promises anything of: each is tried in images of its own. */
type Probe = (random: Random, setting: Setting) => Row

/** Images of three rows, one of them the probe: a box, or where compaction (S32) leaves it unread or makes it read. */
function around(random: Random, setting: Setting, probe: Row): Row[] {
  const [a, b] = [anyBox(random, setting), anyBox(random, setting)]
  const unread = padding(random, setting)
  return random.pick([
    [probe, zeroRow, zeroRow],
    [a, probe, b],
    [zeroRow, probe, a],
    [unread, a, probe],
    [a, unread, probe],
  ])
}

const outsideClass: Probe = (random, setting) => {
  const { classes } = setting.config
  const low = [-1, -2, -3, -4, -5, -6, -5 - classes, -6 - classes, -0.999, -1.5, -(2 ** 40)]
  const high = [classes, classes + 0.5, classes + 1, 2 ** 40]
  const [x1, y1, x2, y2] = random.pick([anyBox, padding])(random, setting)
  return row(x1, y1, x2, y2, random.pick(random.uniform() < 0.6 ? low : high))
}

/** By whole images, by a pixel, or by as little as float32 has. */
function beyond(random: Random, extent: number): number {
  const near = [-1, -0.5, -(2 ** -20), extent, extent + 0.5, extent + 1]
  const far = [-extent, -extent - 1, -2.5 * extent, 1.9 * extent, 1e6, -1e6, -1e30, 1e30]
  return random.pick(random.uniform() < 0.7 ? near : far)
}

const outsideCentre: Probe = (random, setting) => {
  const [height, width] = setting.size
  const [x1, y1, x2, y2, label] = random.pick([anyBox, anyBox, padding])(random, setting)
  const [w, h] = [x2 - x1, y2 - y1]
  const [offX, offY] = random.pick([
    [true, false],
    [false, true],
    [true, true],
  ] as const)
  const x = offX ? beyond(random, width) : (x1 + x2) / 2
  const y = offY ? beyond(random, height) : (y1 + y2) / 2
  return row(x - w / 2, y - h / 2, x + w / 2, y + h / 2, label)
}

const notFinite: Probe = (random, setting) => {
  const box = random.pick([anyBox, anyBox, padding])(random, setting)
  const places = [random.integer(0, 4), random.integer(0, 4)]
  const odd = () => random.pick([Number.NaN, Infinity, -Infinity])
  return box.map((number, at) => (places.includes(at) ? odd() : number)) as unknown as Row
}

/** Finite numbers whose sum or difference is not. */
const overflowing: Probe = (random, setting) => {
  const [x1, y1, x2, y2, label] = anyBox(random, setting)
  const [big, bigger] = [2 ** 127, 1.5 * 2 ** 127]
  const [low, high] = random.pick([
    [big, bigger],
    [-big, big],
    [-bigger, -big],
    [big, -big],
  ] as const)
  return random.pick([row(low, y1, high, y2, label), row(x1, low, x2, high, label), row(low, low, high, high, label)])
}

/** Anything in and around the image. */
const anywhere: Probe = (random, setting) => {
  const [height, width] = setting.size
  const at = (extent: number) => random.pick([Math.fround, Math.round])((random.uniform() * 2 - 0.5) * extent)
  return row(at(width), at(height), at(width), at(height), random.integer(-1, setting.config.classes))
}

const kinds: Readonly<Record<string, Probe>> = { outsideClass, outsideCentre, notFinite, overflowing, anywhere }

/** Images that may be refused, by what is wrong with them. */
export function probes(random: Random, setting: Setting): Record<string, Row[][]> {
  const images = (probe: Probe) => Array.from({ length: 300 }, () => around(random, setting, probe(random, setting)))
  return Object.fromEntries(Object.entries(kinds).map(([name, probe]) => [name, images(probe)]))
}
