import { existsSync, readFileSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import { addFlags, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { jsonReport } from '../groups/report.js'
import { json } from '../groups/run.js'

/** The programs that ship, and what each does. */
const programs: Readonly<Record<string, string>> = {
  'step.mjs': 'train with a step of attach --train in JavaScript, by onnxruntime-node',
  'step.py': 'the same in Python, by onnxruntime',
  'ort-training.py': 'train what attach --for ort-training wrote, by onnxruntime-training',
  'onnx2torch-training.py': 'train a PyTorch detector with an exported loss, by onnx2torch and autograd',
}

/** Where they lie: beside the bundle, or in the source. */
const folder = ['./programs/', '../programs/'].map((path) => new URL(path, import.meta.url)).find(existsSync)

const width = Math.max(...Object.keys(programs).map((name) => name.length))
const list = Object.entries(programs).map(([name, words]) => `${name.padEnd(width)} ${words}\n`)

const flags = grouped('Reporting', json('text'))

/** Adds `yolo-loss program`. */
export function addProgram(program: Command): void {
  const command = program
    .command('program')
    .description('Print a program that ships, or name them all.')
    .addArgument(new Argument('[name]', 'which program').choices(Object.keys(programs)))
    .addHelpText('after', examples('program step.mjs > step.mjs', 'program step.py > step.py'))
  addFlags(command, flags).action((name: string | undefined, { json }: ValuesOf<typeof flags>) => {
    const text = name === undefined ? list.join('') : readFileSync(new URL(name, folder), 'utf8')
    process.stdout.write(json ? jsonReport(name === undefined ? { programs } : { name, text }) : text)
  })
}
