/** Raised with every change of `log.schema.json` that a reader could stumble over. */
export const logVersion = 1

/** A number, or the word for one that JSON has not. */
export type Told = number | 'NaN' | 'Infinity' | '-Infinity'

const words: readonly unknown[] = ['NaN', 'Infinity', '-Infinity']

/** How far a detector has come on images that it is not trained on. */
export interface Validation {
  /** Mean of the losses of all batches. */
  readonly loss: number
  /** How many images they have. */
  readonly images: number
}

/** What is written down of a step, as `log.schema.json` beside this file has it. */
export interface LogLine {
  readonly schemaVersion?: number
  /** From 0 on. */
  readonly step: number
  /** How often the data set was gone through before this step: images seen, divided by those that there are. */
  readonly epoch: number
  readonly loss: Told
  /** The least that the loss can be for these labels. */
  readonly floor: Told
  /** The learning rate. */
  readonly rate: number
  /** How long the step took, with the wait for its images. */
  readonly seconds: number
  /** Further numbers that the step hands out: the terms of each scale, where it was made with `--components`. */
  readonly terms: Readonly<Record<string, Told>>
  /** After the step, where it was followed by one. */
  readonly validation?: { readonly loss: Told; readonly images: number }
}

/** What the numbers of a training depend on. */
export type Settings = Readonly<Record<string, string | number>>

export const told = (x: number): Told => (Number.isFinite(x) ? x : (String(x) as Told))

/** The number that was written down. */
export const numberOf = (x: Told): number => Number(x)

type Open = Readonly<Record<string, unknown>>

const isOpen = (x: unknown): x is Open => typeof x === 'object' && x !== null && !Array.isArray(x)
const isTold = (x: unknown): boolean => Number.isFinite(x) || words.includes(x)
const isWhole = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= 0
const isLength = (x: unknown): boolean => Number.isFinite(x) && (x as number) >= 0
const isVersion = (x: unknown): boolean => x === undefined || x === logVersion

/** What each entry of a line must be, in words too. */
const entries: Readonly<Record<keyof LogLine, readonly [what: string, fits: (x: unknown) => boolean]>> = {
  schemaVersion: [`${logVersion}`, isVersion],
  step: ['a whole number', isWhole],
  epoch: ['a number of 0 or more', isLength],
  loss: ['a number', isTold],
  floor: ['a number', isTold],
  rate: ['a number of 0 or more', isLength],
  seconds: ['a number of 0 or more', isLength],
  terms: ['an object of numbers', (x) => isOpen(x) && Object.values(x).every(isTold)],
  validation: [
    'an object with loss and images',
    (x) => x === undefined || (isOpen(x) && isTold(x.loss) && isWhole(x.images)),
  ],
}

/** What keeps a value from being a line of a step; nothing where it is one. */
export function whyNoLine(line: unknown): string | undefined {
  if (!isOpen(line)) return 'is no object'
  const [name, [what] = []] = Object.entries(entries).find(([key, [, fits]]) => !fits(line[key])) ?? []
  return name === undefined ? undefined : `its "${name}" is not ${what}`
}

/** The settings of a training, where a value is the line that tells them. */
export function settingsIn(line: unknown): Settings | undefined {
  const { settings, schemaVersion } = isOpen(line) ? line : ({} as Open)
  if (!isOpen(settings) || !isVersion(schemaVersion)) return undefined
  const isPlain = Object.values(settings).every((value) => typeof value === 'string' || Number.isFinite(value))
  return isPlain ? (settings as Settings) : undefined
}

/** A log: its settings, and a line of JSON for each step. */
export const logText = (settings: Settings, lines: readonly LogLine[]): string =>
  [{ schemaVersion: logVersion, settings }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('')
