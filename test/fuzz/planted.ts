import type { Fuzzer } from './hunt.js'

const harmless = async (): Promise<Uint8Array[]> => [Buffer.from('harmless'.repeat(20))]

/** A reader that does something to bytes that have become shorter than 100. */
const planted = (name: string, act: () => unknown): Fuzzer => ({
  name,
  seeds: harmless,
  run: (bytes) => {
    if (bytes.length < 100) return act()
  },
})

const kept: unknown[] = []

/** Readers with a fault each, which a hunt must find. */
export const fuzzers: readonly Fuzzer[] = [
  planted('throws', () => {
    throw new TypeError('planted')
  }),
  planted('hangs', () => {
    for (;;);
  }),
  planted('waits', () => new Promise(() => {})),
  planted('eats', () => {
    for (;;) kept.push(new Uint8Array(2 ** 20).fill(1))
  }),
  planted('eats the heap', () => {
    for (;;) kept.push({ length: kept.length })
  }),
  planted('dies', () => process.abort()),
  planted('dawdles', () => {
    const end = performance.now() + 900
    while (performance.now() < end);
  }),
]
