import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSession } from '../../src/runtime/session.js'
import { feedsOf, graphBytes } from '../support/cases.js'
import { config, images, type Scene, scenes } from '../support/scenes.js'

const runs = { numRuns: 25, seed: 3 }
const close = 3e-6

const lossOf = (ignoreThreshold = 0.5) => openSession(graphBytes({ ...config, ignoreThreshold, components: true }))

async function evaluate(session: Awaited<ReturnType<typeof lossOf>>, { logits, labels }: Scene) {
  const outputs = await session.run(feedsOf(logits, labels))
  return new Map([...outputs].map(([name, { data }]) => [name, Number(data[0])]))
}

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(Math.abs(b), 1e-6)

describe('the loss', async () => {
  const session = await lossOf()
  const loss = async (scene: Scene) => (await evaluate(session, scene)).get('loss') as number

  it('does not depend on the order of the images', () =>
    fc.assert(
      fc.asyncProperty(scenes({ batch: 3 }), async (scene) => {
        expect(relative(await loss(images(scene, [2, 0, 1])), await loss(scene))).toBeLessThan(close)
      }),
      runs,
    ))

  it('of a batch repeated is that of the batch', () =>
    fc.assert(
      fc.asyncProperty(scenes({ batch: 2 }), async (scene) => {
        expect(relative(await loss(images(scene, [0, 1, 0, 1, 0, 1])), await loss(scene))).toBeLessThan(close)
      }),
      runs,
    ))

  it('is the sum of its components', () =>
    fc.assert(
      fc.asyncProperty(scenes({ batch: 2 }), async (scene) => {
        const values = await evaluate(session, scene)
        const parts = [...values].filter(([name]) => /^(xy|wh|conf|class)_/.test(name)).map(([, x]) => x)
        const sum = parts.reduce((a, b) => a + b)
        expect(relative(values.get('loss') as number, sum)).toBeLessThan(close)
      }),
      runs,
    ))

  it('without objects is confidence alone', () =>
    fc.assert(
      fc.asyncProperty(scenes({ batch: 2, boxes: 0 }), async (scene) => {
        const values = await evaluate(session, scene)
        for (const [name, x] of values) if (/^(xy|wh|class|positives)_/.test(name)) expect(x).toBe(0)
        expect(values.get('loss')).toBeGreaterThan(0)
      }),
      runs,
    ))

  it('never falls when the threshold rises', async () => {
    const thresholds = [0, 0.05, 0.3, 0.5, 0.7, 1, 2]
    const sessions = await Promise.all(thresholds.map((θ) => lossOf(θ)))
    await fc.assert(
      fc.asyncProperty(scenes({ batch: 2 }), async (scene) => {
        let last = 0
        for (const s of sessions) {
          const now = (await evaluate(s, scene)).get('loss') as number
          expect(now).toBeGreaterThanOrEqual(last * (1 - close))
          last = now
        }
      }),
      runs,
    )
  })
})
