import { describe, expect, it } from 'vitest'
import { Order } from '../../src/fit/order.js'
import { rateAt } from '../../src/fit/rates.js'

describe('the learning rate', () => {
  const rates = { rate: 0.1, warmup: 4, steps: 104 }

  it('rises in equal parts, and is whole after the warm-up', () => {
    const at = (step: number) => rateAt(step, { ...rates, schedule: 'constant' })
    expect([0, 1, 2, 3, 4, 103].map(at)).toEqual(
      [0.025, 0.05, (0.1 * 3) / 4, 0.1, 0.1, 0.1].map((x) => expect.closeTo(x, 12)),
    )
  })

  it('goes down to a tenth after 80 % and to a hundredth after 90 %', () => {
    const at = (step: number) => rateAt(step, { ...rates, schedule: 'steps' })
    expect([83, 84, 93, 94].map(at)).toEqual([0.1, 0.01, 0.01, 0.001].map((x) => expect.closeTo(x, 12)))
  })

  it('goes down along half a cosine', () => {
    const at = (step: number) => rateAt(step, { ...rates, schedule: 'cosine' })
    expect([4, 54, 104].map(at)).toEqual([0.1, 0.05, 0].map((x) => expect.closeTo(x, 12)))
  })
})

describe('the order of images', () => {
  const seen = (order: Order, steps: number, batch: number) =>
    Array.from({ length: steps }, (_, i) => order.batchAt(i, batch)).flat()

  it('has each image once in every epoch, epochs that end within a batch included', () => {
    const all = seen(new Order(7, 3), 7, 4)
    for (let epoch = 0; epoch < 4; epoch++)
      expect(all.slice(7 * epoch, 7 * epoch + 7).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('differs between epochs and seeds, and is the same for the same', () => {
    const orders = [0, 1, 2].map((seed) => seen(new Order(20, seed), 2, 20).join())
    expect(new Set(orders.flatMap((all) => [all.slice(0, all.length / 2), all.slice(all.length / 2)])).size).toBe(6)
    expect(seen(new Order(20, 1), 2, 20).join()).toBe(orders[1])
  })

  it('can be entered anywhere', () => {
    expect(new Order(9, 5).batchAt(11, 4)).toEqual(seen(new Order(9, 5), 12, 4).slice(44))
  })
})
