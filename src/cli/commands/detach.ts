import { dirname } from 'node:path'
import type { Command } from 'commander'
import { checkTarget, detachLoss, keepsNoWeights } from '../../attach/index.js'
import { printable, readArrays, readBytes } from '../../io/index.js'
import { ConfigError } from '../../yolo/index.js'
import { deliver } from '../data/deliver.js'
import { averagesIn, valuesBeside } from '../data/values.js'
import { endable } from '../endable.js'
import { addFlags, flag, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { outputFlags } from '../groups/output.js'
import { refuseOverwriting } from '../groups/overwriting.js'
import { jsonReport, stdoutTaken } from '../groups/report.js'
import type { Shell } from '../shell.js'

const detachFlags = flagsOf(
  ...outputFlags,
  ...grouped(
    'Training steps',
    flag('--weights <file.npz>', 'trained weights; by default those the step began with'),
    flag('--ema', 'the averages of the weights that the step carried along, in their place'),
  ),
)

type DetachFlags = ValuesOf<typeof detachFlags>

/** Adds `yolo-loss detach`. */
export function addDetach(program: Command, shell: Shell): void {
  const detach = program
    .command('detach <model>')
    .description('Take an attached loss off again and give back the detector, byte for byte.')
    .addHelpText('after', examples('detach trainable.onnx -o detector.onnx'))
  addFlags(detach, detachFlags).action((file: string, given: DetachFlags) => detachFrom(file, given, shell))
}

async function detachFrom(file: string, flags: DetachFlags, shell: Shell): Promise<void> {
  if (flags.output !== '-') checkTarget(file, flags.output, [], flags)
  else if (flags.json) throw stdoutTaken('--json')
  refuseOverwriting({ output: flags.output }, { 'the weights': flags.weights })
  const bytes = await readBytes(file)
  const weights = await weightsFor(bytes, file, flags)
  const detached = endable(() => detachLoss(bytes, { file, folder: dirname(file), ...(weights && { weights }) }))
  const written = await deliver([detached.bytes], detached, file, flags)
  shell.note(`wrote ${printable(flags.output)} (${written} bytes)`)
  if (flags.json) process.stdout.write(jsonReport({ file: flags.output, bytes: written }))
}

/** The weights of a training step: those named, else those it began with, which lie beside it. */
async function weightsFor(bytes: Uint8Array, file: string, { weights: named, ema }: DetachFlags) {
  if (!keepsNoWeights(bytes, file)) {
    const odd = named === undefined ? ema && 'ema' : 'weights'
    if (odd)
      throw new ConfigError(odd, 'is about a training step that keeps no weights, which this is not: leave it out')
    return undefined
  }
  const path = named ?? valuesBeside(file)
  const values = Object.fromEntries(await readArrays(path))
  return ema ? { ...values, ...averagesIn(values, path) } : values
}
