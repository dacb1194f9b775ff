import {
  assignTargets,
  decodeNpz,
  encodeModel,
  encodeNpz,
  type LossConfig,
  lossModel,
  presets,
  renderReport,
  resolveConfig,
  type Tensor,
} from 'onnx-yolo-loss'

const config: LossConfig = resolveConfig({ preset: 'yolov3-voc', classes: 2, components: true })
const bytes: Uint8Array = encodeModel(lossModel(config))
const boxes: Tensor<'float32'> = { dtype: 'float32', shape: [1, 1, 5], data: Float32Array.of(10, 20, 60, 50, 1) }
const labels: Tensor<'float32'>[] = assignTargets(boxes, [64, 96], config)
const arrays: Record<string, Tensor> = await decodeNpz(await encodeNpz({ boxes }), 'boxes.npz')

/** Never called: it must not even compile without the comments. */
export function mistakes(): void {
  // @ts-expect-error an option that does not exist
  resolveConfig({ preset: 'yolov3-voc', clases: 2 })
  // @ts-expect-error boxes are float32
  assignTargets({ ...boxes, dtype: 'int64' }, [64, 96], config)
}

const shown = [bytes.length > 10_000, labels.length, Object.keys(presets).length > 1, arrays.boxes?.shape.join('x')]
if (shown.join() !== 'true,3,true,1x1x5' || renderReport([]) === '') throw new Error(shown.join())
