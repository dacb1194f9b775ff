import type { CommandTable, KnownFlag } from './table.js'

const namesOf = (flags: readonly KnownFlag[]): string => [...new Set(flags.flatMap(({ names }) => names))].join(' ')

/** A branch for each flag with choices, by itself and behind a command. */
const choices = (flags: readonly KnownFlag[], before: string): string[] =>
  flags
    .filter((flag) => flag.choices.length > 0)
    .map(
      ({ names, choices }) =>
        `    ${names.map((name) => `${before}${name}`).join('|')}) words='${choices.join(' ')}' ;;`,
    )

/** Flags whose value is for the shell to guess: a path, mostly. */
const takers = (flags: readonly KnownFlag[], before: string): string[] => {
  const names = flags.filter(({ takes, choices }) => takes && choices.length === 0).flatMap((flag) => flag.names)
  return names.length === 0 ? [] : [`    ${names.map((name) => `${before}${name}`).join('|')}) return ;;`]
}

/** Completion for bash 3.2 and newer: flags and choices by command, files where the shell knows better. */
export function bash({ commands, flags }: CommandTable): string {
  const all = commands.map(({ name }) => name)
  return `# bash completion of yolo-loss: source it, or put it into a folder of bash-completion
_yolo_loss() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) command=\${COMP_WORDS[i]}; break ;; esac
  done
  COMPREPLY=()
  case "$command:$before" in
${commands.flatMap((own) => [...choices(own.flags, `${own.name}:`), ...takers(own.flags, `${own.name}:`)]).join('\n')}
  esac
  if [[ -z $words ]]; then
    case "$command:$word" in
    :-*) words='${namesOf(flags)}' ;;
    :*|help:*) words='${all.join(' ')}' ;;
${commands
  .filter((own) => own.flags.length > 0)
  .map((own) => `    ${own.name}:-*) words='${namesOf([...own.flags, ...flags])}' ;;`)
  .join('\n')}
${commands
  .filter((own) => own.values.length > 0)
  .map((own) => `    ${own.name}:*) words='${own.values.join(' ')}' ;;`)
  .join('\n')}
    esac
  fi
  [[ -z $words ]] || COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _yolo_loss yolo-loss onnx-yolo-loss
`
}
