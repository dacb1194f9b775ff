import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'

const head = 8

/**
 * Tells another process what this one reads at the moment, by a file: that is still there when this process was ended in
 * the middle, whatever by, and takes one call of the system for each reading.
 */
export class Mailbox {
  readonly #file: number
  #letter = Buffer.alloc(2 ** 16)
  #count = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  /** Says that these bytes are read from now on. */
  put(bytes: Uint8Array): void {
    const size = head + bytes.length
    if (this.#letter.length < size) this.#letter = Buffer.alloc(2 * size)
    this.#letter.writeUInt32LE(++this.#count)
    this.#letter.writeUInt32LE(bytes.length, 4)
    this.#letter.set(bytes, head)
    writeSync(this.#file, this.#letter, 0, size, 0)
  }
}

/** How many readings have begun, as a mailbox says. */
export function countIn(path: string): number {
  const count = Buffer.alloc(4)
  const file = openSync(path, 'r')
  try {
    readSync(file, count, 0, 4, 0)
  } finally {
    closeSync(file)
  }
  return count.readUInt32LE()
}

/** What was read last; only of a process that has ended, for another one writes meanwhile. */
export function lastIn(path: string): Uint8Array {
  const letter = readFileSync(path)
  return letter.length < head ? letter.subarray(0, 0) : letter.subarray(head, head + letter.readUInt32LE(4))
}
