import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { endable } from '../../src/cli/endable.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends work without a pause', async (signal) => {
  const source = pathToFileURL(fileURLToPath(new URL('../../src/cli/endable.ts', import.meta.url))).href
  const path = join(root, `${signal}.mts`)
  const text = `import { writeSync } from 'node:fs'
import { endable } from ${JSON.stringify(source)}
process.once('${signal}', () => process.exit(1))
endable(() => { writeSync(1, 'busy'); for (const end = Date.now() + 50_000; Date.now() < end; ); })
`
  await writeFile(path, text)
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.once('data', () => child.kill(signal))
  const ended = await new Promise((done) => child.once('exit', (code, by) => done({ code, by })))
  expect(ended).toEqual({ code: null, by: signal })
})

it('handlers are back after it, also when it fails', () => {
  let heard = 0
  process.once('SIGHUP', () => heard++)
  expect(endable(() => process.listenerCount('SIGHUP'))).toBe(0)
  expect(() =>
    endable(() => {
      throw new Error('no')
    }),
  ).toThrow('no')
  process.emit('SIGHUP')
  process.emit('SIGHUP')
  expect(heard).toBe(1)
})
