import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Verdict } from '../../support/verdict.js'

/** Verdicts as a file keeps them, so that a run that was cut off goes on where it was. */
export class State {
  readonly #verdicts = new Map<number, Verdict>()

  /** @param file outside the repository */
  constructor(readonly file: string) {
    mkdirSync(dirname(file), { recursive: true })
  }

  /** Verdicts by the place of the mutant. */
  get verdicts(): ReadonlyMap<number, Verdict> {
    return this.#verdicts
  }

  /** Reads what is known of a graph and its cases; verdicts on others are thrown away. @returns places still to judge */
  open(key: string, places: readonly number[]): number[] {
    const [first, ...lines] = existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n') : []
    if (first !== key) writeFileSync(this.file, `${key}\n`)
    else
      for (const line of lines.filter((text) => text !== '')) {
        const [place, verdict] = JSON.parse(line)
        this.#verdicts.set(place, verdict ?? undefined)
      }
    return places.filter((place) => !this.#verdicts.has(place))
  }

  add(place: number, verdict: Verdict): void {
    this.#verdicts.set(place, verdict)
    appendFileSync(this.file, `${JSON.stringify([place, verdict ?? null])}\n`)
  }
}
