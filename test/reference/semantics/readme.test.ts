import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type Profile, semanticsOf, sourceOf } from '../../../src/reference/semantics/profiles/profile.js'
import { profileNames, profiles } from '../../../src/reference/semantics/profiles/profiles.js'
import type { Rule } from '../../../src/reference/semantics/rules/rule.js'
import {
  amountNames,
  amounts,
  listNames,
  lists,
  ruleNames,
  rules,
  type SettingName,
} from '../../../src/reference/semantics/rules/rules.js'

const path = fileURLToPath(new URL('../../../src/reference/semantics/README.md', import.meta.url))

const inCell = (text: string): string => text.replaceAll('|', '\\|')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(inCell).join(' | ')} |`).join('\n')

const all = profileNames.map((name): readonly [string, Profile] => [name, profiles[name]])

/** A column for each implementation would be too wide: those that differ from keras-yolo3 are named. */
function users(name: SettingName, value: unknown): string {
  const found = all.filter(([, profile]) => String(semanticsOf(profile)[name]) === String(value)).map(([own]) => own)
  return found.length === all.length ? 'all' : found.join(', ')
}

const sections: Readonly<Record<string, () => string>> = {
  implementations: () =>
    table(
      ['name', 'source', 'θ of its own'],
      all.map(([name, { of, threshold }]) => [name, of, threshold === undefined ? '–' : `${threshold}`]),
    ),
  rules: () =>
    table(
      ['rule', 'value', 'what is done', 'formula', 'by'],
      ruleNames.flatMap((name) =>
        Object.entries((rules[name] as Rule).values).map(([value, { says, formula = '' }], i) => [
          i === 0 ? `\`${name}\`: ${rules[name].asks}` : '',
          `\`${value}\``,
          says,
          formula,
          users(name, value),
        ]),
      ),
    ),
  numbers: () => {
    const others = (name: SettingName, usual: unknown) =>
      all
        .filter(([, profile]) => String(semanticsOf(profile)[name]) !== String(usual))
        .map(([own, profile]) => `${own} ${String(semanticsOf(profile)[name])} (${sourceOf(profile, name)})`)
        .join(', ')
    return table(
      ['number', 'what it is', 'else', 'others'],
      [
        ...amountNames.map((name) => [
          `\`${name}\``,
          amounts[name].says,
          `${amounts[name].default}`,
          others(name, amounts[name].default),
        ]),
        ...listNames.map((name) => [
          `\`${name}\``,
          lists[name].says,
          lists[name].default.join('/') || 'none',
          others(name, lists[name].default),
        ]),
      ],
    )
  },
  notes: () => all.flatMap(([name, { notes = [] }]) => notes.map((note) => `- **${name}**: ${note}`)).join('\n'),
}

/** The page with what is generated in its places. */
const generated = (text: string): string =>
  text.replace(/<!-- (\w+) -->\n(?:[\s\S]*?\n)??<!-- end -->/g, (_, name: string) => {
    const section = sections[name]
    if (!section) throw new Error(`nothing is generated for ${name}`)
    return `<!-- ${name} -->\n${section()}\n<!-- end -->`
  })

it('the page of the rules is that of the records', async () => {
  const text = readFileSync(path, 'utf8')
  expect(Object.keys(sections).filter((name) => !text.includes(`<!-- ${name} -->`))).toEqual([])
  await expect(generated(text)).toMatchFileSnapshot(path)
})
