/** Who is told how far a long run is. */
export interface Progress {
  /** @param state how it stands with it, in words: a loss */
  step(done: number, total: number, what: string, state?: string): void
  /** Wipes the line, so that what follows stands on a clean one. */
  end(): void
}
