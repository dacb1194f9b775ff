import { type OpenStep, scheduleNames, type Training } from '../../fit/index.js'
import { ConfigError } from '../../yolo/index.js'
import { annotated } from './annotations.js'
import { flag, flagsOf, grouped, type ValuesOf } from './flag.js'
import { numberFrom, parseCount, parseIndex, parseSeed } from './parse.js'
import { json, oneProvider } from './run.js'

/** What white is in a picture. */
export const pixelRange = flag('--pixels <range>', 'what the detector takes pixels from and to', {
  choices: ['0..1', '0..255'],
  default: '0..1',
})

export const elsewhereToo = flag('--allow-fallback', 'let nodes run elsewhere than asked')

/** Flags of `fit`. */
export const fitFlags = flagsOf(
  ...annotated,
  ...grouped(
    'Images',
    pixelRange,
    flag('--validation <path>', 'boxes of images that are not trained on, in any format that targets reads'),
    flag('--validation-images <dir>', 'folder of those images (default: that which goes with the boxes)'),
  ),
  ...grouped(
    'Training',
    flag('--epochs <n>', 'how often to go through all images', { parse: parseCount }),
    flag('--max-steps <n>', 'how many steps to make', { parse: parseCount }),
    flag('--rate <x>', 'highest learning rate', { parse: numberFrom(0, 2 ** 127), default: 0.001 }),
    flag(
      '--schedule <name>',
      'how it goes down: to a tenth after 80 % and again after 90 % of the steps, or along a cosine',
      {
        choices: scheduleNames,
        default: 'cosine',
      },
    ),
    flag('--warmup <n>', 'steps in which it goes up', { parse: parseIndex, default: 0 }),
    flag('--seed <n>', 'of the order of the images', { parse: parseSeed, default: 0 }),
  ),
  ...grouped(
    'Writing',
    flag('-o, --output <file>', 'the trained detector; checkpoint and log go beside it', { required: true }),
    flag('--checkpoint-every <n>', 'steps between two checkpoints', { parse: parseCount, default: 100 }),
    flag('--resume', 'go on from the checkpoint'),
    flag('--ema', 'write the averages of the weights that the step carries along, in their place'),
    flag('--force', 'begin anew over an old checkpoint'),
    json('words'),
  ),
  ...grouped('Running', oneProvider, elsewhereToo),
)

export type FitFlags = ValuesOf<typeof fitFlags>

/** How long and how fast to train. @throws ConfigError where neither epochs nor steps are given, or both */
export function trainingOf(flags: FitFlags, images: number, { picture }: OpenStep): Training {
  const { epochs, maxSteps, rate, schedule, warmup, seed, pixels, fit = 'letterbox' } = flags
  if ((epochs === undefined) === (maxSteps === undefined))
    throw new ConfigError('epochs', 'or "max-steps" says how long to train: give one of them')
  const steps = maxSteps ?? Math.ceil(((epochs as number) * images) / picture.batch)
  if (warmup > steps) throw new ConfigError('warmup', `is ${warmup}, more than the ${steps} steps of the training`)
  return { steps, rate, schedule, warmup, seed, fit, white: pixels === '0..1' ? 1 : 255 }
}
