/** Where what a training step begins with lies. */
export const valuesBeside = (model: string): string => `${model.replace(/\.onnx$/i, '')}.npz`
