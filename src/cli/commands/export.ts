import { createHash } from 'node:crypto'
import type { Command } from 'commander'
import { encodeAsFunction } from '../../attach/index.js'
import { expectWritable, writeAtomic } from '../../io/index.js'
import { encodeModel, printModel } from '../../onnx/index.js'
import { lossModel } from '../../yolo/index.js'
import { UsageError } from '../asked.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { addConfigFlags } from '../groups/lossflags.js'

/** Adds `yolo-loss export`. */
export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('Write the loss as an ONNX graph.')
    .option('-o, --output <file>', 'where to; - for stdout (default: PRESET.onnx or yolo-loss.onnx)')
    .option('--as-function', 'as one node that calls a local function, domain yolo.loss')
    .option('--text', 'also write the text form beside it, as .txt')
  addConfigFlags(command).action(async ({ output, text, asFunction, ...flags }) => {
    if (output === '-' && text)
      throw new UsageError(
        '--text: the text form goes beside a file, but -o - is stdout\n  hint: give -o FILE, or use inspect --text',
      )
    const { config } = configFrom(flags)
    const model = lossModel(config)
    const bytes = asFunction ? encodeAsFunction(config) : encodeModel(model)
    const file: string = output ?? `${flags.preset ?? 'yolo-loss'}.onnx`
    if (file === '-') return void process.stdout.write(bytes)
    const beside = text ? [file.replace(/(\.onnx)?$/, '.txt')] : []
    refuseSources([file, ...beside], flags)
    await expectWritable([file, ...beside])
    for (const path of beside) await writeAtomic(path, printModel(model))
    await writeAtomic(file, bytes)
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    const size = `${model.body.nodes.length} nodes, ${bytes.length} bytes`
    process.stderr.write(`wrote ${file} (opset ${model.opset}, ${size}, sha256 ${hash}…)\n`)
  })
}
