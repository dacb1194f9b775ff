import { cpu } from './cpu.js'
import { cuda } from './cuda.js'
import type { ProviderRecord } from './record.js'
import { webgpu } from './webgpu.js'

const records = { cpu, webgpu, cuda }

/** The execution providers one can ask for. */
export type Provider = keyof typeof records

export const providers: Readonly<Record<Provider, ProviderRecord>> = records

/** Their names; the CPU, which is always there, first. */
export const providerNames = Object.keys(records) as Provider[]
