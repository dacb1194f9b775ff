import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Folders of tests that need more than Node, or a calm machine. */
const equipped = ['webgpu', 'html', 'bench']

/**
 * With `--mode build` the command line and the public door are those of `dist`, else of the source; with `--mode full`
 * forms and gradients are run in every combination; with `--mode webgpu`, `--mode html` or `--mode bench` only
 * what needs a driver for WebGPU, a browser, or time.
 */
export default defineConfig(({ mode }) => {
  const built = mode === 'build'
  const door = fileURLToPath(new URL(built ? 'dist/index.js' : 'src/index.ts', import.meta.url))
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return {
    test: {
      include: [equipped.includes(mode) ? `test/${mode}/*.test.ts` : 'test/**/*.test.ts'],
      exclude: equipped.includes(mode) ? [] : equipped.map((name) => `test/${name}/**`),
      alias: { 'onnx-yolo-loss': door },
      // Child processes started from the source run TypeScript too.
      env: {
        YOLO_LOSS_BUILT: built ? '1' : '',
        YOLO_LOSS_FULL: mode === 'full' ? '1' : '',
        NODE_OPTIONS: `--import ${tsx}`,
      },
      testTimeout: 60_000,
      // Of two cores vitest would leave one to itself.
      maxWorkers: '100%',
    },
  }
})
