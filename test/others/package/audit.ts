import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inEmptyPackage, must, pack, repository, run } from './shell.js'

/** `npm audit` of an install of the package: a finding is ours unless only onnxruntime-node, an option, brings it. */

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}

interface Locked {
  readonly packages: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>
}

interface Audit {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly via: readonly unknown[] }>>
  readonly message?: string
}

/** Names of everything that our own dependencies bring. */
function ours(locked: Locked): Set<string> {
  const { dependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Manifest
  const found = new Set<string>(['onnx-yolo-loss'])
  const waiting = Object.keys(dependencies)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const suffix = `node_modules/${name}`
    const entries = Object.entries(locked.packages).filter(([path]) => path.endsWith(suffix))
    waiting.push(...entries.flatMap(([, entry]) => Object.keys(entry.dependencies ?? {})))
  }
  return found
}

await inEmptyPackage(async (dir) => {
  const tarball = await pack(dir)
  await must('npm', ['install', tarball, '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], dir)
  const locked = JSON.parse(readFileSync(join(dir, 'package-lock.json'), 'utf8')) as Locked
  const { stdout } = await run('npm', ['audit', '--omit=dev', '--json'], dir)
  const audit = JSON.parse(stdout || '{}') as Audit
  if (!audit.vulnerabilities) {
    console.error(
      `DID NOT RUN: the registry in use answers no audit (${(audit.message ?? 'no answer').split(' - ')[0]})`,
    )
    process.exitCode = 4
    return
  }
  const own = ours(locked)
  const findings = Object.entries(audit.vulnerabilities)
  for (const [name, { severity }] of findings)
    console.log(
      `${own.has(name) ? 'FAIL' : 'note'}  ${name}: ${severity}${own.has(name) ? '' : ' (of onnxruntime-node)'}`,
    )
  const failed = findings.filter(([name]) => own.has(name)).length
  console.log(`${own.size - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
})
