/** Who is told how far a long run is. */
export interface Progress {
  step(done: number, total: number, what: string): void
  /** Wipes the line, so that what follows stands on a clean one. */
  end(): void
}
