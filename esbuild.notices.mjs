import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Between the notices of two packages. */
export const line = `\n${'-'.repeat(80)}\n\n`

/** The licences of the packages that went into a bundle; they ask that they travel with every copy. */
export function noticesOf(metafile) {
  const folders = new Set(
    Object.keys(metafile.inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  )
  return [...folders].sort().map(noticeOf)
}

function noticeOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} ${version}: no licence in ${folder}, but the bundle holds its code`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
