import {
  assignTargets,
  ConfigError,
  encodeModel,
  evaluate,
  evaluateModel,
  Graph,
  lossModel,
  ops,
  printModel,
  referenceLoss,
  resolveConfig,
  type Tensor,
  version,
} from 'onnx-yolo-loss'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const float32 = (shape: readonly number[], data: Float32Array): Tensor<'float32'> => ({ dtype: 'float32', shape, data })

describe('the library', () => {
  it('has the version of its package', () => {
    expect(version).toBe(packageJson.version)
  })

  it('emits a loss that agrees with its reference on boxes it assigns itself', async () => {
    const config = resolveConfig({ preset: 'yolov3-tiny-coco', classes: 2 })
    const boxes = float32([1, 2, 5], Float32Array.of(10, 20, 90, 120, 1, 40, 40, 60, 64, 0))
    const labels = assignTargets(boxes, [128, 160], config)
    const logits = labels.map(({ shape: [b, h, w, a, d] }) => {
      const dims = [b, h, w, (a as number) * (d as number)] as number[]
      return float32(
        dims,
        Float32Array.from({ length: dims.reduce((n, x) => n * x) }, (_, i) => Math.sin(i)),
      )
    })
    const feeds = Object.fromEntries([
      ...logits.map((t, l) => [`y_pred_${l}`, t] as const),
      ...labels.map((t, l) => [`y_true_${l}`, t] as const),
    ])
    const outputs = await evaluateModel(encodeModel(lossModel(config)), feeds)
    const { loss } = referenceLoss({ ...config, logits, labels })
    expect(Math.abs(Number(outputs.loss?.data[0]) / loss - 1)).toBeLessThan(2e-6)
  })

  it('builds and evaluates graphs of any kind', async () => {
    const graph = new Graph()
    const x = graph.input('x', 'float32', ['n', 2])
    const value = graph.scope('reversed', () => ops.slice(ops.mul(x, 2), '..., ::-1'))
    const result = await evaluate(value, { x: float32([1, 2], Float32Array.of(1, 3)) })
    expect([...result.data]).toEqual([6, 2])
    expect(printModel(graph.build({ y: value }))).toContain('y float32[n,2] = Slice(reversed/Mul, [1], [-3]')
  })

  it('names the key of a configuration that is wrong', () => {
    expect(() => resolveConfig({ preset: 'yolov3-coco', clases: 3 } as object)).toThrow(ConfigError)
    expect(() => resolveConfig({ preset: 'yolov3-coco', clases: 3 } as object)).toThrow('did you mean "classes"?')
  })
})
