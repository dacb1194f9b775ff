import { type Command, Option } from 'commander'
import { readBytes } from '../files/read.js'
import type { Tensor } from '../graph/tensor.js'
import { InputError } from '../proto/errors.js'
import { readModel } from '../proto/read.js'
import type { Provider } from '../runtime/provider.js'
import { evaluateModel } from '../runtime/session.js'
import { bindTensors, readCase } from '../verify/testcase.js'

/** Adds `yolo-loss eval`. */
export function addEval(program: Command): void {
  program
    .command('eval <graph> <case>')
    .description('Run a graph on the inputs of a case and print its loss and what it consists of.')
    .addOption(new Option('--ep <name>', 'execution provider').choices(['cpu', 'webgpu', 'cuda']).default('cpu'))
    .action(async (file: string, dir: string, { ep }: { ep: Provider }) => {
      const bytes = await readBytes(file)
      const [set] = (await readCase(dir)).dataSets
      if (!set) throw new InputError('E_FIXTURE', { where: dir, what: 'holds no inputs' })
      const names = readModel(bytes, file).inputs.map((input) => input.name)
      const feeds = Object.fromEntries(bindTensors(set.inputs, names, 'input', dir))
      const outputs = await evaluateModel(bytes, feeds, { provider: ep, file })
      process.stdout.write(`${[...printLoss(outputs), ...scalars(outputs)].join('\n')}\n`)
    })
}

const columns = ['xy', 'wh', 'conf', 'class', 'ignore'] as const

/**
 * What keras-yolo3 prints with `print_loss`: for each scale the loss up to it, its four terms and the sum of its ignore
 * mask. Empty for a graph without components.
 */
function printLoss(outputs: ReadonlyMap<string, Tensor>): string[] {
  const lines: string[] = []
  let running = 0
  for (let l = 0; columns.every((name) => outputs.has(`${name}_${l}`)); l++) {
    const values = columns.map((name) => Number(outputs.get(`${name}_${l}`)?.data[0]))
    running += values.slice(0, 4).reduce((a, b) => a + b)
    lines.push(`loss: ${[running, ...values].map((x) => `[${Number(x.toPrecision(7))}]`).join('')}`)
  }
  return lines
}

const scalars = (outputs: ReadonlyMap<string, Tensor>): string[] =>
  [...outputs].filter(([, t]) => t.data.length === 1).map(([name, t]) => `${name} = ${t.data[0]}`)
