import { describe, expect, it } from 'vitest'
import { floorOf } from '../../src/fit/floor.js'
import { float32 } from '../../src/io/tensor.js'
import { Random } from '../../src/io/random.js'
import { yoloLoss } from '../../src/reference/oracle.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'
import { tinyConfig } from '../attach/detector.js'
import { someBox } from '../support/pictures.js'

const config = resolveConfig(tinyConfig)
const size = [96, 64] as const

describe('the floor of a batch', () => {
  it.each([1, 2, 3, 4, 5])('is that of the oracle (seed %i)', (seed) => {
    const random = new Random(seed)
    const rows = Array.from({ length: 3 * 4 }, () => someBox(...size, 2, random)).flat()
    const labels = assignTargets(float32([3, 4, 5], rows), size, config)
    const logits = labels.map(({ shape: [b, h, w, a, d], data }) => ({
      shape: [b, h, w, (a as number) * (d as number)] as number[],
      data: new Float32Array(data.length),
    }))
    const { entropyFloor } = yoloLoss({ ...config, logits, labels })
    expect(floorOf(labels, config)).toBeCloseTo(entropyFloor, 5)
    expect(floorOf(labels, { ...config, reduction: 'sum' })).toBeCloseTo(3 * entropyFloor, 4)
    expect(floorOf(labels, { ...config, weights: { ...config.weights, xy: 2 } })).toBeCloseTo(2 * entropyFloor, 4)
    expect(entropyFloor).toBeGreaterThan(1)
  })
})
