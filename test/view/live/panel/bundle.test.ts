import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'

const text = readFileSync(fileURLToPath(new URL('../../../../dist/view/live.js', import.meta.url)), 'utf8')

describe('the program of a live page', () => {
  it('holds the builder and the reference, and imports nothing, least of all of Node', () => {
    expect(/\bfrom\s*"|\bimport\s*"|["'`]node:\w|require\("/.exec(text)).toBeNull()
    expect(text).toContain('yolo_v3_loss')
  })

  it('makes no code of text, so that a page may forbid it', () => {
    expect(/\beval\(|\bnew Function\b|[^.\w]Function\(/.exec(text)).toBeNull()
  })

  it('is small', () => {
    expect(text.length).toBeLessThan(400_000)
  })

  it('is whole without Node: its text is a module that can be read', () => {
    expect(() => runInNewContext(`(async () => {${text.replace(/export\s*\{[^}]*\};?\s*$/, '')}})`)).not.toThrow()
  })
})
