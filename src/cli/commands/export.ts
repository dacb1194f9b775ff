import { createHash } from 'node:crypto'
import type { Command } from 'commander'
import { encodeAsFunction } from '../../attach/index.js'
import { expectWritable, Fault, writeBeside } from '../../io/index.js'
import { encodeModel, printModel } from '../../onnx/index.js'
import { ConfigError, lossModel } from '../../yolo/index.js'
import { mostBoxes } from '../data/mostboxes.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { addFlags, flag, type Given, grouped, parted } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { addConfigFlags } from '../groups/lossflags.js'
import { refuseOverwriting } from '../groups/overwriting.js'
import { jsonReport, stdoutTaken } from '../groups/report.js'
import { json } from '../groups/run.js'
import type { Shell } from '../shell.js'

const flags = grouped(
  'Writing',
  flag('-o, --output <file>', 'where to; - for stdout (default: PRESET.onnx or yolo-loss.onnx)'),
  flag('--as-function', 'as one node that calls a local function, domain yolo.loss'),
  flag('--text', 'also write the text form beside it, as .txt'),
  flag('--max-boxes-of <paths...>', 'as --max-boxes: the most boxes that an image of these annotations has'),
  json('words'),
)

const shown = examples(
  'export --preset yolov3-coco -o loss.onnx',
  'export --preset yolov3-voc --labels boxes --components -o loss.onnx',
  'export --config my.json --form static --batch 8 --input 416x416 --max-boxes-of train.txt -o static.onnx',
  'export --preset yolov3-coco --semantics gluon-cv --rule whWeight=0.5 --labels boxes -o gluon.onnx',
)

/** Adds `yolo-loss export`. */
export function addExport(program: Command, shell: Shell): void {
  const command = program.command('export').description('Write the loss as an ONNX graph.').addHelpText('after', shown)
  addConfigFlags(addFlags(command, flags)).action(async (given: Given) => {
    const [{ output, text, asFunction, json, maxBoxesOf }, rest] = parted(given, flags)
    if (output === '-' && json) throw stdoutTaken('--json')
    if (output === '-' && text) {
      const what = 'the text form goes beside a file, but -o - is stdout'
      throw new Fault('usage', 'E_USAGE', { where: '--text', what, remedy: 'give -o FILE, or use inspect --text' })
    }
    const { config, notes } = await boundedBy(maxBoxesOf, rest)
    shell.tell(notes)
    const model = lossModel(config)
    const bytes = asFunction ? encodeAsFunction(config) : encodeModel(model)
    const file = output ?? `${rest.preset ?? 'yolo-loss'}.onnx`
    if (file === '-') return void process.stdout.write(bytes)
    const beside = text ? [file.replace(/(\.onnx)?$/, '.txt')] : []
    refuseSources([file, ...beside], rest)
    refuseOverwriting({ output: [file, ...beside] }, { annotations: maxBoxesOf })
    await expectWritable([file, ...beside])
    await writeBeside(file, async ({ write }) => {
      for (const path of beside) await write(path, printModel(model))
      await write(file, bytes)
    })
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const [nodes, { opset }] = [model.body.nodes.length, model]
    for (const path of beside) shell.note(`wrote ${path} (its text)`)
    shell.note(`wrote ${file} (opset ${opset}, ${nodes} nodes, ${bytes.length} bytes, sha256 ${sha256.slice(0, 12)}…)`)
    if (json) process.stdout.write(jsonReport({ file, opset, nodes, bytes: bytes.length, sha256, notes: shell.notes }))
  })
}

/** The configuration of flags, with as many boxes as annotations need. @throws ConfigError where both say how many */
async function boundedBy(paths: readonly string[] | undefined, flags: Given) {
  const configured = configFrom(flags)
  if (paths === undefined) return configured
  if (flags.maxBoxes !== undefined)
    throw new ConfigError('maxBoxes', 'is given twice: by --max-boxes and by --max-boxes-of')
  const { classNames } = configured
  return configFrom({ ...flags, maxBoxes: await mostBoxes(paths, classNames) })
}
