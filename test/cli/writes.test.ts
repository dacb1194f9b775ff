import { expect, it } from 'vitest'
import { programWith } from '../../src/cli/main.js'
import { scenes, silent } from './scenes.js'

/** Options that name what is read, or say a word of writing about something else. */
const reads = [
  '--anchors',
  '--classes',
  '--config',
  '--fixtures',
  '--data',
  '--inputs',
  '--case',
  '--against',
  '--annotations',
  '--names',
  '--max-boxes-of',
  '--weights',
  '--one-file',
  '--images',
  '--model',
  '--validation',
  '--validation-images',
  '--coco',
  '--from',
  '--max-output',
  '--optimization',
  '--rewrite-resize',
]

/** `verify --repro` writes by the function of `diff --repro`, and only where two providers differ. */
const elsewhere = ['verify --repro']

/** Whether an option names a place, or its words say that something is written because of it. */
const mayWrite = (flags: string, words: string): boolean =>
  /<[^>]*(file|path|dir)/.test(flags) ||
  /\b(writ|cop[iy]|replac|record|keep|kept|trust|where to|take libraries)/i.test(words)

const lines = Object.values(scenes).map(({ args }) => args.split(' '))

type Program = ReturnType<typeof programWith>

/** Commands, and options of them, that may write and of which no scene lets the disk fail. */
const withoutScene = ({ commands }: Program): string[] =>
  commands.flatMap((command) => {
    const own = lines.filter(([name]) => name === command.name())
    if (own.length === 0) return Object.hasOwn(silent, command.name()) ? [] : [command.name()]
    return command.options
      .filter(({ flags, description }) => mayWrite(flags, description))
      .filter(({ long, short }) => !own.some((line) => line.includes(`${long}`) || line.includes(`${short}`)))
      .filter(({ long }) => !reads.includes(`${long}`))
      .map(({ long }) => `${command.name()} ${long}`)
  })

const program = () => programWith(() => {}, false)

it('every command that writes has scenes in which its disk fails, for whatever lets it write', () => {
  expect(withoutScene(program())).toEqual(elsewhere)
})

it('a command without a scene is found, and an option without one', () => {
  const more = program()
  more.command('convert').option('-o, --output <file>', 'where to')
  const known = more.commands.find((command) => command.name() === 'export')
  known?.option('--notes', 'also write notes beside it').option('--quick', 'be quick')
  expect(withoutScene(more).filter((name) => !elsewhere.includes(name))).toEqual(['export --notes', 'convert'])
})

it('what only reads is still an option, and what writes nothing a command', () => {
  const { commands } = program()
  const all = commands.flatMap((command) => command.options.map(({ long }) => long))
  expect(reads.filter((long) => !all.includes(long))).toEqual([])
  const names = commands.map((command) => command.name())
  expect(Object.keys(silent).filter((name) => !names.includes(name))).toEqual([])
})
