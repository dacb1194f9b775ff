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

const keyOf = (rules: Semantics, names: readonly SettingName[]): string =>
  names.map((name) => spelled(rules[name])).join('\n')

/** A result, and the rules that it depends on. */
interface Found {
  readonly names: readonly SettingName[]
  readonly result: unknown
}

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

  /** What the same rules gave before, by themselves: no name has to be compared. */
  readonly #direct = new WeakMap<Semantics, Map<string, Found>>()

  /** @param stage names the function: it must depend on nothing else that changes */
  recall<T>(stage: string, semantics: Semantics, compute: (semantics: Semantics) => T): T {
    const rules = plainOf(semantics)
    const direct = this.#direct.get(rules) ?? new Map<string, Found>()
    this.#direct.set(rules, direct)
    const before = direct.get(stage) ?? this.#find(stage, rules)
    const found = before ?? this.#compute(stage, semantics, compute)
    direct.set(stage, found)
    if (before) for (const name of before.names) void semantics[name] // whoever watches us depends on them as well
    return found.result as T
  }

  /** Among the results for other rules, one whose rules are the same as far as it read them. */
  #find(stage: string, rules: Semantics): Found | undefined {
    for (const { names, results } of this.#stages.get(stage)?.values() ?? []) {
      const key = keyOf(rules, names)
      if (results.has(key)) return { names, result: results.get(key) }
    }
    return undefined
  }

  #compute<T>(stage: string, semantics: Semantics, compute: (semantics: Semantics) => T): Found {
    const known = this.#stages.get(stage) ?? new Map<string, Group>()
    this.#stages.set(stage, known)
    const read = new Set<SettingName>()
    const result = compute(watched(semantics, (name) => read.add(name)))
    const names = [...read].sort()
    const signature = names.join()
    const group: Group = known.get(signature) ?? { names, results: new Map() }
    known.set(signature, group)
    group.results.set(keyOf(plainOf(semantics), names), result)
    return { names, result }
  }
}
