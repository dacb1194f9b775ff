import { escaped } from '../../io/index.js'
import type { Finding } from '../../lint/index.js'
import { groupBy } from '../../verify/index.js'

/** Findings of one cause together; the first of its nodes stands for them. */
export function causes(findings: readonly Finding[]): string[] {
  const grouped = groupBy(findings, ({ op, why }) => `${op}: ${why}`)
  return [...grouped].flatMap(([cause, [first, ...others]]) => {
    const { node, remedy } = first as Finding
    return [
      `  ${escaped(cause)}`,
      `    at ${escaped(node)}${others.length > 0 ? ` and ${others.length} more` : ''}`,
      `    hint: ${escaped(remedy)}`,
    ]
  })
}

/** How many nodes are in the way of a model for a target. */
export function headline(file: string, target: string, findings: readonly Finding[]): string {
  const count = `${findings.length} ${findings.length === 1 ? 'node' : 'nodes'} in the way`
  return `${escaped(file)} for ${target}: ${findings.length === 0 ? 'nothing in the way' : count}`
}
