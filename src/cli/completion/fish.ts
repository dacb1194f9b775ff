import type { CommandTable, KnownFlag } from './table.js'

/** A text in single quotes of fish. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

/** @param when of which commands it is a flag */
function option({ names, words, takes, choices }: KnownFlag, when: string): string {
  const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takes ? ' -r' : ''
  return `complete -c yolo-loss${when} ${spelled.join(' ')}${value} -d ${quoted(words)}`
}

/** Completion for fish: flags with their words, choices, files. */
export function fish({ commands, flags }: CommandTable): string {
  const lines = commands.flatMap(({ name, words, flags: own, values }) => {
    const when = ` -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`
    return [
      `complete -c yolo-loss -f -n __fish_use_subcommand -a ${name} -d ${quoted(words)}`,
      ...own.map((flag) => option(flag, when)),
      ...(values.length > 0 ? [`complete -c yolo-loss -f${when} -a ${quoted(values.join(' '))}`] : []),
    ]
  })
  return `# fish completion of yolo-loss: put it into ~/.config/fish/completions/yolo-loss.fish
${[...flags.map((flag) => option(flag, '')), ...lines].join('\n')}
complete -c onnx-yolo-loss -w yolo-loss
`
}
