import { Argument, type Command } from 'commander'
import { shells } from '../completion/shells.js'
import { tableOf } from '../completion/table.js'
import { examples } from '../groups/help.js'

const names = Object.keys(shells)

/** Adds `yolo-loss completion`. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print what completes this command line in a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(names))
    .addHelpText('after', examples('completion bash > ~/.local/share/bash-completion/completions/yolo-loss'))
    .action((shell: string) => void process.stdout.write(shells[shell]?.(tableOf(program)) ?? ''))
}
