/** A build of the CUDA provider as it was published: the SHA-256 of its libraries. */
export interface Published {
  /** Of onnxruntime. */
  readonly version: string
  readonly archive: string
  readonly sha256: Readonly<Record<string, string>>
}

const wheel = (python: string, shared: string, cuda: string): Published => ({
  version: '1.30.0',
  archive: `onnxruntime_gpu-1.30.0-${python}-manylinux_2_28_x86_64.whl`,
  sha256: { 'libonnxruntime_providers_shared.so': shared, 'libonnxruntime_providers_cuda.so': cuda },
})

const shared30 = '086ec1d5388f64153d9c63470d126693db9a182c8ce236d3a1119068471b8a0d'

/**
 * Source: the wheels of onnxruntime-gpu on the Python Package Index, downloaded with pip; the sums are those in RECORD of
 * each wheel, and of the files in it. The NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux, which the install script of
 * onnxruntime-node fetches, is another build; its sums belong here as soon as somebody has taken them.
 */
// biome-ignore format: one row a wheel
export const published: readonly Published[] = [
  wheel('cp311-cp311',  shared30, '9d7587acb137b31bf84e4d32dc444b969bb601d098b01395effcacfe4341e364'),
  wheel('cp312-cp312',  shared30, '35da2e7ed0dd0d1aec5cdb16ce11a51d06c0c48cf62d1b1c9332946a4fae14fc'),
  wheel('cp313-cp313',  shared30, 'afd77f8d1e05544456476e244601ff08d444ff90921d6d73b2066c124f109bd2'),
  wheel('cp313-cp313t', shared30, '5fae6905867a8b4bf921cd998c5055460a602d24f4251fe61e3cbadcaff9a1c3'),
  wheel('cp314-cp314',  shared30, '0eb25d39348154516b638e792c9b30a5a91bbf7b72c2e09d3f68ada716ee6ce8'),
  wheel('cp314-cp314t', shared30, '966afce71a29ac18b1987f3dfb4c5fcda118f984ba7429ec66da986857c3c80d'),
]
