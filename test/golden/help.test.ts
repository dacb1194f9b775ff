import { describe, expect, it } from 'vitest'
import { programWith } from '../../src/cli/main.js'
import { yoloLossHere } from '../support/cli.js'
import { golden } from './entry.js'
import { workIn } from './place.js'

await workIn()

const commands = programWith(() => {}, false).commands.map((command) => command.name())

describe('help', () => {
  it('of the program', () => golden('help/all', ['', '--help']))

  it.each(commands)('of %s', (command) => golden(`help/${command}`, [`${command} --help`]))

  it.each([
    [['-h'], ['--help']],
    [['help'], ['--help']],
    [
      ['help', 'eval'],
      ['eval', '--help'],
    ],
    [
      ['targets', '-h'],
      ['targets', '--help'],
    ],
  ])('asked for as %j is the same', async (args, usual) => {
    expect(await yoloLossHere(args)).toEqual(await yoloLossHere(usual))
  })
})
