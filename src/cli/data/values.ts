const stem = (model: string): string => model.replace(/\.onnx$/i, '')

/** Where what a training step begins with lies. */
export const valuesBeside = (model: string): string => `${stem(model)}.npz`

/** Where the update lies of a training step that hands out its gradients. */
export const updateBeside = (model: string): string => `${stem(model)}.update.onnx`
