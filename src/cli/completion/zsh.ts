import type { CommandTable, KnownFlag } from './table.js'

/** A text in single quotes, without what \`_arguments\` takes for its own. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const described = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')

function argument({ names, words, takes, choices }: KnownFlag): string[] {
  const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takes ? ':value:_files' : ''
  return names.map((name) => quoted(`*${name}[${described(words)}]${value}`))
}

/** Completion for zsh: flags with their words, choices, files. */
export function zsh({ commands, flags }: CommandTable): string {
  const all = commands.map(({ name, words }) => `    ${quoted(`${name}:${words}`)}`)
  const branches = commands.map(({ name, flags: own, values }) => {
    const rest = values.length > 0 ? `*:value:(${values.join(' ')})` : '*:file:_files'
    return `    ${name}) _arguments ${[...own, ...flags].flatMap(argument).join(' ')} ${quoted(rest)} ;;`
  })
  return `#compdef yolo-loss onnx-yolo-loss
# zsh completion of yolo-loss: put it as _yolo-loss into a folder of $fpath, or source it after compinit
_yolo_loss() {
  local -a commands
  commands=(
${all.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    _arguments ${flags.flatMap(argument).join(' ')}
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${branches.join('\n')}
  esac
}
if [[ $funcstack[1] == _yolo_loss || $funcstack[1] == _yolo-loss ]]; then _yolo_loss "$@"; else compdef _yolo_loss yolo-loss onnx-yolo-loss; fi
`
}
