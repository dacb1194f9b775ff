/** The one place names come from: a scope path, and a counter per full name, so that a repeat reads `path/Op_1`. */
export class NameAuthority {
  readonly #path: string[] = []
  readonly #count = new Map<string, number>()

  /** Runs `body` with `name` appended to the path. */
  within<T>(name: string, body: () => T): T {
    this.#path.push(name)
    try {
      return body()
    } finally {
      this.#path.pop()
    }
  }

  /** The current scope path with `leaf` appended. */
  path(leaf: string): string {
    return [...this.#path, leaf].join('/')
  }

  /** A name nobody has yet: `leaf` under the current path. */
  local(leaf: string): string {
    return this.unique(this.path(leaf))
  }

  /** Keeps a name that somebody else chose from being given again. */
  reserve(name: string): void {
    if (!this.#count.has(name)) this.#count.set(name, 1)
  }

  /** A name nobody has yet, independent of the path. */
  unique(stem: string): string {
    const repeats = this.#count.get(stem) ?? 0
    this.#count.set(stem, repeats + 1)
    return repeats === 0 ? stem : this.unique(`${stem}_${repeats}`)
  }
}
