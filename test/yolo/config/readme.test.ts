import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addConfigFlags } from '../../../src/cli/groups/lossflags.js'
import { type LossOption, lossOptions } from '../../../src/yolo/config/options.js'

const flags = addConfigFlags(new Command()).options
const kebab = (key: string) => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)

function row({ key, flag, must, default: value, decides, optional, help }: LossOption): string {
  const shown = flags.find(({ long }) => long === `--${flag ?? kebab(key)}`)?.flags
  const usual = value === undefined ? (optional ? 'left out' : '') : `\`${JSON.stringify(value)}\``
  return `| \`${key}\` | \`${shown}\` | ${must.what} | ${usual} | ${decides ?? 'way'} | ${help} |`
}

const readme = `# Options

What a graph is made from: \`options.ts\` is one table of all options, from which their types, checks and defaults, the
flags of the command line and what a fixture must share with a graph follow. Around it stand the schemas of the values,
conflicts between options, presets, what Darknet's and keras-yolo3's files say, and the stamp of a graph.

| option | flag | must be | default | decides | meaning |
|---|---|---|---|---|---|
${lossOptions.map(row).join('\n')}

The masks follow from 9 or 6 anchors; a preset gives anchors, masks, classes and threshold. The table is made from
\`options.ts\`: \`npx vitest run test/yolo/config/readme.test.ts -u\` writes it anew.
`

test('README.md lists the options; -u writes it anew', () =>
  expect(readme).toMatchFileSnapshot('../../../src/yolo/config/README.md'))
