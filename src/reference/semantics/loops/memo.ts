import type { Semantics, Setting, SettingName } from '../rules/rules.js'

/** Rules as they were before somebody watched who reads them. */
const plain = new WeakMap<object, Semantics>()

const plainOf = (semantics: Semantics): Semantics => plain.get(semantics) ?? semantics

/** The same rules, each reading of which is told. */
function watched(semantics: Semantics, tell: (name: SettingName) => void): Semantics {
  const proxy = new Proxy(semantics, {
    get(target, name: string) {
      tell(name as SettingName)
      return target[name as SettingName]
    },
  })
  plain.set(proxy, plainOf(semantics))
  return proxy
}

/** The rules that a function reads. */
export function readBy(semantics: Semantics, compute: (semantics: Semantics) => unknown): ReadonlySet<SettingName> {
  const read = new Set<SettingName>()
  compute(watched(semantics, (name) => read.add(name)))
  return read
}

const spelled = (setting: Setting): string => String(setting)

/** Results that depend on the same rules, by their values. */
interface Group {
  readonly names: readonly SettingName[]
  readonly results: Map<string, unknown>
}

/**
 * Remembers what a function of the rules gave by those rules that it read, so that changing one rule computes again only
 * what depends on it. Which those are nobody has to list.
 */
export class Memo {
  readonly #stages = new Map<string, Map<string, Group>>()

  /** @param stage names the function: it must depend on nothing else that changes */
  recall<T>(stage: string, semantics: Semantics, compute: (semantics: Semantics) => T): T {
    const known = this.#stages.get(stage) ?? new Map<string, Group>()
    this.#stages.set(stage, known)
    const rules = plainOf(semantics)
    const keyOf = (names: readonly SettingName[]) => names.map((name) => spelled(rules[name])).join('\n')
    for (const { names, results } of known.values()) {
      const key = keyOf(names)
      if (!results.has(key)) continue
      for (const name of names) void semantics[name] // whoever watches us depends on them as well
      return results.get(key) as T
    }
    const read = new Set<SettingName>()
    const result = compute(watched(semantics, (name) => read.add(name)))
    const names = [...read].sort()
    const signature = names.join()
    const group: Group = known.get(signature) ?? { names, results: new Map() }
    known.set(signature, group)
    group.results.set(keyOf(names), result)
    return result
  }
}
