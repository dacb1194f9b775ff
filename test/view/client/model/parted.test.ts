import { expect, it } from 'vitest'
import { parted } from '../../../../src/view/client/model/parted.js'
import type { Side } from '../../../../src/view/viewed.js'

type Given = Pick<Side, 'findings' | 'images'>

const images = ['a', 'b'].map((name) => ({ name })) as unknown as Side['images']
const both = { text: 'The graphs part at Add.' }
const box = { text: 'A box of no size.', image: 1, place: { image: 1, scale: 0, row: 3 } }

it('What is odd in all sides is told once', () => {
  const sides: Given[] = [
    { findings: [both, box, { text: 'one' }], images },
    { findings: [both, { text: 'other' }, box], images },
  ]
  expect(parted(sides)).toEqual({ common: [both, box], own: [[{ text: 'one' }], [{ text: 'other' }]] })
})

it('The same words of another image, or of another place, are of each side', () => {
  const [image, place] = [{ ...box, image: 0 }, { ...box, place: { ...box.place, row: 4 } }] // biome-ignore format: pairs
  const sides: Given[] = [{ findings: [box, box], images }, { findings: [image, place], images }] // biome-ignore format: one line
  expect(parted(sides)).toEqual({ common: [], own: [[box, box], [image, place]] }) // biome-ignore format: one line
})

it('One side has its own alone', () => {
  expect(parted([{ findings: [both], images }])).toEqual({ common: [], own: [[both]] })
})
