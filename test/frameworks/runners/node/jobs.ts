import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { decodeNpz, encodeNpz, type Tensor } from '../../../../src/io/index.js'

/** A job as runners are given it. */
export interface Job {
  readonly id: string
  readonly graph: string
  readonly data: string
  readonly outputs: readonly string[]
  readonly out: string
}

export type Named = Readonly<Record<string, Tensor>>

const say = (words: object): void => void writeSync(1, `\n@${JSON.stringify(words)}\n`)

async function one(job: Job, load: (graph: Uint8Array) => Promise<(feeds: Named) => Promise<Named>>): Promise<void> {
  const began = performance.now()
  let stage = 'load'
  try {
    const feeds = Object.fromEntries(await decodeNpz(readFileSync(job.data), job.data))
    const run = await load(readFileSync(job.graph))
    stage = 'run'
    writeFileSync(job.out, await encodeNpz(await run(feeds)))
    say({ id: job.id, done: Math.round(performance.now() - began) / 1000 })
  } catch (error) {
    say({ id: job.id, failed: String((error as Error).message ?? error).slice(0, 4000), stage })
  }
}

/** As `serve.py`: each job in turn, and a line on what became of it. */
export async function serve(version: string, load: Parameters<typeof one>[1]): Promise<void> {
  say({ version })
  const jobs: Job[] = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'))
  for (const job of jobs) {
    say({ began: job.id })
    await one(job, load)
  }
}
