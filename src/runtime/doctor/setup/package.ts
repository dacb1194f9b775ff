/** What a package says of itself. */
export interface PackageInfo {
  readonly name: string
  readonly version: string
}

/** The METADATA of a wheel, or the manifest of a NuGet package, by the path it has there; undefined for any other file. */
export const isManifest = (path: string): boolean =>
  /^[^/]+\.dist-info\/METADATA$/.test(path) || /^[^/]+\.nuspec$/.test(path)

/** Only the head of METADATA is fields; a manifest may have a version elsewhere too, but the package's comes first. */
function ofMetadata(text: string): PackageInfo | undefined {
  const head = text.split(/\r?\n\r?\n/)[0] ?? ''
  const field = (name: string) => new RegExp(`^${name}: *(\\S+)`, 'm').exec(head)?.[1]
  const [name, version] = [field('Name'), field('Version')]
  return name !== undefined && version !== undefined ? { name, version } : undefined
}

function ofNuspec(text: string): PackageInfo | undefined {
  const element = (name: string) => new RegExp(`<${name}>\\s*([^<\\s]+)\\s*</${name}>`).exec(text)?.[1]
  const [name, version] = [element('id'), element('version')]
  return name !== undefined && version !== undefined ? { name, version } : undefined
}

/** Reads what `isManifest` takes; undefined where it does not say both. */
export const packageInfo = (text: string): PackageInfo | undefined =>
  text.includes('<package') ? ofNuspec(text) : ofMetadata(text)

/** Packages that hold the CUDA provider for Linux. */
export const isGpuPackage = ({ name }: PackageInfo): boolean =>
  /^(onnxruntime[-_.]gpu|microsoft\.ml\.onnxruntime\.gpu(\.linux)?)$/i.test(name)
