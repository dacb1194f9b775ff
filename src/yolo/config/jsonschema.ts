import { lossOptions } from './options.js'
import { presets } from './presets.js'
import type { JsonSchema } from './schema.js'

/** What a configuration in a file may be, as JSON Schema; which options go together it does not say. */
export function configSchema(): JsonSchema {
  const own = lossOptions.map(({ key, must, help, default: usual }) => {
    const told = usual === undefined ? {} : { default: usual }
    return [key, { description: help, ...told, ...must.json }] as const
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A configuration of the YOLO v3 loss',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      preset: { description: 'where values come from that are left out', enum: Object.keys(presets) },
      ...Object.fromEntries(own),
    },
    additionalProperties: false,
  }
}
