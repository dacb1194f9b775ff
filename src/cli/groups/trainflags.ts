import { InvalidArgumentError } from 'commander'
import { type OptimizerName, optimizerNames, type StepOptions } from '../../train/index.js'
import { ConfigError } from '../../yolo/index.js'
import { flag, flagsOf, grouped, type ValuesOf } from './flag.js'
import { numberFrom, parseCount, parseSeed } from './parse.js'

/** A number, or `off`. */
const offOr = (parse: (text: string) => number) => (text: string) => (text === 'off' ? ('off' as const) : parse(text))

const belowOne = numberFrom(0, 1 - 2 ** -24)
const positive = numberFrom(2 ** -126, 2 ** 127)

function parseBetas(text: string): readonly [number, number] {
  const betas = text.split(',').map(belowOne)
  if (betas.length === 2) return betas as [number, number]
  throw new InvalidArgumentError(`"${text}" is no pair such as 0.9,0.999.`)
}

const more = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

const optimizerFlag = flag('--train <optimizer>', 'make the whole training step of it', {
  choices: optimizerNames,
})

/** What of a detector is trained. */
export const choosing = () =>
  flagsOf(
    flag('--freeze <pattern>', 'leave parameters of such names alone, * for any part; may be given again', {
      parse: more,
    }),
    flag('--freeze-above <name>', 'leave everything above a node or value alone; may be given again', { parse: more }),
    flag('--train-only <part>', 'which parameters are trained', { choices: ['heads'] }),
    flag('--batch-norm <mode>', 'statistics of the batch, or those it has', { choices: ['train', 'frozen'] }),
  )

/** `--train`, and what belongs to it. */
export const trainingFlags = grouped(
  'Training',
  optimizerFlag,
  flag('--momentum <x>', 'of sgd; default 0.9', { parse: belowOne }),
  flag('--weight-decay <x>', 'of weights, not of biases and norms; default 0', { parse: numberFrom(0, 2 ** 127) }),
  flag('--betas <list>', 'of adam and adamw; default 0.9,0.999', { parse: parseBetas }),
  flag('--eps <x>', 'of adam and adamw; default 1e-8', { parse: positive }),
  flag('--clip-norm <x>', 'largest L2 norm of all gradients together; default off', { parse: offOr(positive) }),
  flag('--ema <x>', 'share of the old in an average of the weights; default off', { parse: offOr(belowOne) }),
  flag('--accumulate <k>', 'steps whose gradients are averaged before the weights move', { parse: parseCount }),
  ...choosing(),
  flag('--new-heads <seed>', 'new heads for the anchors and classes of the configuration, drawn with a seed', {
    parse: parseSeed,
  }),
  flag('--steps-per-run <k>', 'steps of one run: images, labels and rate get a leading axis', { parse: parseCount }),
  flag('--gradients-only', 'hand out grad/NAME in place of the next weights; the update is written beside'),
  flag('--one-file', 'keep the initial weights in the model, as defaults of its inputs'),
)

type TrainFlags = Omit<ValuesOf<typeof trainingFlags>, 'train'>

const belongs: Readonly<Record<string, readonly OptimizerName[]>> = {
  momentum: ['sgd'],
  betas: ['adam', 'adamw'],
  eps: ['adam', 'adamw'],
}

const isOn = <T>(x: T | 'off' | undefined): x is T => x !== undefined && x !== 'off'

/** @throws ConfigError for numbers of another optimizer, and for flags of training without `--train` */
export function stepOptions(optimizer: OptimizerName, flags: TrainFlags): StepOptions {
  const odd = Object.keys(flags).find((name) => belongs[name] && !belongs[name].includes(optimizer))
  if (odd)
    throw new ConfigError(odd, `is a number of ${belongs[odd]?.join(' and ')}, not of ${optimizer}: leave it out`)
  const { momentum, betas, eps, clipNorm, ema, trainOnly, ...same } = flags
  const settings = { ...(momentum !== undefined && { momentum }), ...(betas && { betas }), ...(eps !== undefined && { epsilon: eps }) } // biome-ignore format: one line
  return {
    optimizer,
    settings,
    ...same,
    ...(isOn(clipNorm) && { clipNorm }),
    ...(isOn(ema) && { ema }),
    ...(trainOnly && { only: trainOnly }),
  }
}

/** @throws ConfigError */
export function refuseTrainFlags(flags: TrainFlags): void {
  const [first] = Object.keys(flags)
  if (first) throw new ConfigError(first, 'is about training: add --train sgd, adam or adamw')
}
