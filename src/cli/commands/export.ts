import { createHash } from 'node:crypto'
import type { Command } from 'commander'
import { encodeAsFunction } from '../../attach/index.js'
import { expectWritable, Fault, writeBeside } from '../../io/index.js'
import { encodeModel, printModel } from '../../onnx/index.js'
import { lossModel } from '../../yolo/index.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { addFlags, flag, flagsOf, type Given, parted } from '../groups/flag.js'
import { addConfigFlags } from '../groups/lossflags.js'

const flags = flagsOf(
  flag('-o, --output <file>', 'where to; - for stdout (default: PRESET.onnx or yolo-loss.onnx)'),
  flag('--as-function', 'as one node that calls a local function, domain yolo.loss'),
  flag('--text', 'also write the text form beside it, as .txt'),
)

/** Adds `yolo-loss export`. */
export function addExport(program: Command): void {
  const command = program.command('export').description('Write the loss as an ONNX graph.')
  addConfigFlags(addFlags(command, flags)).action(async (given: Given) => {
    const [{ output, text, asFunction }, rest] = parted(given, flags)
    if (output === '-' && text) {
      const what = 'the text form goes beside a file, but -o - is stdout'
      throw new Fault('usage', 'E_USAGE', { where: '--text', what, remedy: 'give -o FILE, or use inspect --text' })
    }
    const { config } = configFrom(rest)
    const model = lossModel(config)
    const bytes = asFunction ? encodeAsFunction(config) : encodeModel(model)
    const file = output ?? `${rest.preset ?? 'yolo-loss'}.onnx`
    if (file === '-') return void process.stdout.write(bytes)
    const beside = text ? [file.replace(/(\.onnx)?$/, '.txt')] : []
    refuseSources([file, ...beside], rest)
    await expectWritable([file, ...beside])
    await writeBeside(file, async ({ write }) => {
      for (const path of beside) await write(path, printModel(model))
      await write(file, bytes)
    })
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    const size = `${model.body.nodes.length} nodes, ${bytes.length} bytes`
    process.stderr.write(`wrote ${file} (opset ${model.opset}, ${size}, sha256 ${hash}…)\n`)
  })
}
