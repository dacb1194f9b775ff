import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files by the names of those of onnxruntime-web, in which nothing is. */
export function fakeOrtWeb(folder: string, kind: 'wasm' | 'all' = 'all'): string {
  const root = join(folder, 'node_modules', 'onnxruntime-web')
  mkdirSync(join(root, 'dist'), { recursive: true })
  const about = { name: 'onnxruntime-web', version: '1.30.0', license: 'MIT', main: 'dist/ort.node.min.js' }
  writeFileSync(join(root, 'package.json'), JSON.stringify(about))
  const wasm = ['ort.node.min.js', 'ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']
  const webgpu = ['ort.webgpu.min.mjs', 'ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm']
  for (const name of kind === 'wasm' ? wasm : [...wasm, ...webgpu]) writeFileSync(join(root, 'dist', name), name)
  return root
}
