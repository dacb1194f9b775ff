import {
  amountNames,
  amounts,
  type Changes,
  listNames,
  lists,
  type RuleName,
  ruleNames,
  valuesOf,
} from '../../reference/semantics/records.js'
import { type JsonSchema, notNegative, type Schema, show } from './schema.js'

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

const isRule = (name: string): name is RuleName => (ruleNames as readonly string[]).includes(name)

/** What is wrong with a setting, or nothing. */
function whyNotSetting(name: string, value: unknown): string | undefined {
  if (isRule(name)) {
    const values = valuesOf(name)
    return values.includes(value as string) ? undefined : `${name} ${show(value)}, which has ${values.join(', ')}`
  }
  if (Object.hasOwn(amounts, name))
    return notNegative.is(value) ? undefined : `${name} ${show(value)}, which is ${notNegative.what}`
  if (!Object.hasOwn(lists, name)) return `${show(name)}, which is no rule`
  const isList = Array.isArray(value) && value.every(notNegative.is)
  return isList ? undefined : `${name} ${show(value)}, which is a list of numbers of 0 or more`
}

const wrong = (x: Readonly<Record<string, unknown>>): string | undefined =>
  Object.entries(x).flatMap(([name, value]) => whyNotSetting(name, value) ?? [])[0]

const json: JsonSchema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(ruleNames.map((name) => [name, { enum: valuesOf(name) }])),
    ...Object.fromEntries(amountNames.map((name) => [name, notNegative.json])),
    ...Object.fromEntries(listNames.map((name) => [name, { type: 'array', items: notNegative.json }])),
  },
  additionalProperties: false,
}

/** Rules and numbers that are not those of an implementation, by their names. */
export const ruleSettings: Schema<Changes> = {
  kind: 'rules',
  what: 'an object of rules and numbers',
  is: (x): x is Changes => isObject(x) && wrong(x) === undefined,
  json,
  got: (x) => (isObject(x) && wrong(x)) || show(x),
}
