import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { creationFailed, unavailableBecause } from '../../src/runtime/creation.js'
import { ProviderError } from '../../src/runtime/errors.js'
import { providerNames } from '../../src/runtime/providers/all.js'
import { openSession } from '../../src/runtime/session.js'
import { plainMessage } from '../../src/runtime/translate.js'
import { pair, sumBytes } from './models.js'

const binaries = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin')
const cudaLibrary = join(binaries, 'napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so')

describe('a provider', () => {
  it.skipIf(existsSync(cudaLibrary))('that is absent is an error that names its library: cuda', async () => {
    const error = await openSession(sumBytes, { provider: 'cuda' }).catch((e: Error) => e)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ code: 'E_PROVIDER_UNAVAILABLE', exitCode: 4 })
    expect((error as Error).message).toMatch(/^execution provider cuda: not available: .*onnxruntime_providers_cuda/)
    expect((error as Error).message).not.toMatch(/\/\w+\//)
  })

  it('has its name in the schema of the reports', () => {
    const schema = readFileSync(new URL('../../src/verify/report/report.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(schema).$defs.provider.enum).toEqual(providerNames)
  })

  it('runs, or says why not: webgpu', async () => {
    const session = await openSession(sumBytes, { provider: 'webgpu' }).catch((e: Error) => e)
    if (session instanceof Error) {
      expect(session).toMatchObject({ name: 'ProviderError', code: 'E_PROVIDER_UNAVAILABLE', exitCode: 4 })
      expect(session.message).toMatch(/^execution provider webgpu: not available: .*adapter/)
      return
    }
    expect((await session.run({ x: pair(1, 2), w: pair(3, 4) })).get('y')).toEqual(pair(4, 6))
    await session.release()
  })

  it('that would leave nodes to the CPU is an error of its own', () => {
    const text =
      'This session contains graph nodes that are assigned to the default CPU EP, but fallback to CPU EP has been explicitly disabled by the user.'
    const error = creationFailed(new Error(text), 'webgpu', 'loss.onnx')
    expect(error).toMatchObject({ code: 'E_PROVIDER_PLACEMENT', exitCode: 4 })
    expect(error.message).toContain('execution provider webgpu: it cannot run every node of loss.onnx')
  })

  it('is not blamed for a broken model', () => {
    const error = creationFailed(new Error('This is an invalid model. Error: the graph is not acyclic.'), 'cuda', 'm')
    expect(error).toMatchObject({ code: 'E_MODEL_REFUSED', exitCode: 3 })
  })

  it('passes on what the driver says', () => {
    const text =
      '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:121 std::conditional_t<THRW, void, common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true] CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0\n'
    expect(unavailableBecause('cuda', text)).toBe(
      'not available: CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0',
    )
  })
})

describe('plainMessage', () => {
  it('drops file, signature and condition', () => {
    const text =
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n'
    expect(plainMessage(text)).toBe('Failed to get a WebGPU adapter: No supported adapters')
  })

  it('leaves other messages alone, but for folders and what would move the cursor', () => {
    expect(plainMessage('Invalid rank for input: x\nmore')).toBe('Invalid rank for input: x')
    expect(plainMessage('Invalid name a\u001b[31m')).toBe('Invalid name a\\u{1b}[31m')
  })
})
