import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { lossPage, pageOf, sideOf, unpack, type View } from '../../../src/view/index.js'
import { fixtureScene } from './given.js'
import { sixteen } from './sixteen.js'

const packedIn = (page: string): string => /id="view">([^<]*)</.exec(page)?.[1] ?? ''

describe('a page', () => {
  it.each(['real-coco', 'non-square-boxes', 'two-boxes-one-cell-boxes'])(
    'holds the batch of %s, wholly',
    async (name) => {
      const side = sideOf(await fixtureScene(name))
      const { sides } = (await unpack(packedIn(await pageOf({ title: name, made: 'here', sides: [side] })))) as View
      expect(sides[0]?.loss).toBe(side.loss)
      expect(sides[0]?.sums).toEqual(side.sums)
      expect(sides[0]?.images.map(({ boxes }) => boxes)).toEqual(side.images.map(({ boxes }) => boxes))
      const rows = (own: typeof side | undefined) =>
        own?.images.flatMap(({ scales }) => scales.map(({ shown }) => shown))
      expect(rows(sides[0])).toEqual(rows(side))
    },
  )

  it('of 16 images at 416 with their pictures has 6 MB at most', async () => {
    // Of a JPEG nothing is left to deflate. 30 kB are those of a detailed photograph at this quality.
    const picture = () => `data:image/jpeg;base64,${randomBytes(30_000).toString('base64')}`
    const images = Array.from({ length: 16 }, (_, i) => ({ name: `${i}.jpg`, picture: picture() }))
    const page = await lossPage({ ...sixteen(), images })
    expect(page.length).toBeGreaterThan(2e6)
    expect(page.length).toBeLessThan(6e6)
  }, 60_000)
})
