import type { Command } from 'commander'
import { encodeNpz, removeScratch, scratchFolder, worstExit, writeBeside } from '../../io/index.js'
import { encodeModel } from '../../onnx/index.js'
import { lossModel, resolveConfig } from '../../yolo/index.js'
import { boxesPerImage, realBatch } from '../demo/batch.js'
import { addFlags, flag, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { json } from '../groups/run.js'
import type { Shell } from '../shell.js'

const flags = grouped(
  'Writing',
  flag('-o, --output <dir>', 'folder that keeps the graph and the batch (default: a temporary one)'),
  json('text for each command'),
)

const details = `
Builds the loss of yolov3-coco, takes the real boxes of two images of COCO and the logits of a detector that has half
learnt them, and runs "eval" and "verify" on both: what they print is what they print for a graph and data of your own.
${examples('demo', 'demo -o demo')}`

/** A name that begins with a dash would be taken for an option by the commands that are run. */
const filesIn = (folder: string) => {
  const from = folder.startsWith('-') ? `./${folder}` : folder
  return { model: `${from}/loss.onnx`, batch: `${from}/batch.npz` }
}

/** Adds `yolo-loss demo`. */
export function addDemo(program: Command, shell: Shell): void {
  const command = program
    .command('demo')
    .description('Show what this does on real boxes: build a loss, run it, verify it.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async ({ output, json }: ValuesOf<typeof flags>) => {
    const folder = output ?? scratchFolder()
    try {
      await prepare(folder)
      shell.finish(await shown(folder, shell, json ?? false))
    } finally {
      if (output === undefined) removeScratch(folder)
    }
  })
}

/** Writes the graph and the batch, all or none. */
async function prepare(folder: string): Promise<void> {
  const config = resolveConfig({ preset: 'yolov3-coco', components: true })
  const [model, batch] = [encodeModel(lossModel(config)), await encodeNpz(realBatch(config))]
  const files = filesIn(folder)
  await writeBeside(files.model, async ({ write }) => {
    await write(files.batch, batch)
    await write(files.model, model)
  })
}

interface Step {
  /** What it shows. */
  readonly words: string
  readonly args: readonly string[]
}

const steps = (model: string, batch: string): readonly Step[] => [
  {
    words: 'by scale the loss so far, its xy, wh, confidence and class terms, the sum of its ignore mask',
    args: ['eval', model, batch],
  },
  {
    words: 'the same batch: every output beside the float64 reference',
    args: ['verify', model, '--data', batch, '--all'],
  },
  { words: 'and hard cases, made for this configuration', args: ['verify', model] },
]

/** What one does with a graph, below the line that does it. @returns the worst of their exit codes */
async function shown(folder: string, shell: Shell, json: boolean): Promise<number> {
  const { model, batch } = filesIn(folder)
  const say = (line: string): void => {
    if (!shell.quiet && !json) process.stdout.write(`${line}\n`)
  }
  const boxes = boxesPerImage.reduce((sum, count) => sum + count)
  say(`# the loss as a graph, for any runtime, and ${boxes} real boxes in ${boxesPerImage.length} images of COCO`)
  say(`$ yolo-loss export --preset yolov3-coco --components -o ${model}`)
  const codes: number[] = []
  for (const { words, args } of steps(model, batch)) {
    say(`\n# ${words}\n$ yolo-loss ${args.join(' ')}`)
    codes.push(await shell.run(json ? [...args, '--json'] : args))
  }
  return worstExit(codes)
}
