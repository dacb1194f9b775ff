import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { mutated } from './mutants.js'
import type { Found } from './score.js'

const program = fileURLToPath(new URL('../../../dist/yolo-loss.js', import.meta.url))

/** Where the command says otherwise than was found in process. */
export function byCommand(some: readonly Found[]): string[] {
  if (!existsSync(program)) return ['the command was not asked: run npm run build first']
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'))
  const file = join(folder, 'mutant.onnx')
  const other = some.filter(({ subject, mutant, verdict }) => {
    writeFileSync(file, encodeModel(mutated(subject.model, mutant)))
    const { status } = spawnSync(process.execPath, [program, 'verify', file], { encoding: 'utf8' })
    return (status === 0) !== (verdict === undefined)
  })
  rmSync(folder, { recursive: true })
  console.log(`command: ${some.length - other.length} of ${some.length} mutants with the same verdict`)
  return other.map(({ subject, mutant }) => `otherwise by command: ${subject.form} ${subject.name}, ${mutant.id}`)
}
