import { defineConfig } from 'vitest/config'

/** For `npm run test:detectors`: the models lie in the folder that DETECTORS names. */
export default defineConfig({ test: { include: ['test/others/detectors/*.check.ts'], testTimeout: 300_000 } })
