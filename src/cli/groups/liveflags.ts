import { ConfigError } from '../../yolo/index.js'
import { flag, grouped, type ValuesOf } from './flag.js'
import { numberFrom } from './parse.js'

const largestPort = 65535

/** A page that computes, and where it is served. */
export const liveFlags = grouped(
  'Live',
  flag('--live', 'a page that computes: write the folder of it to -o, and serve it to this machine until Ctrl-C'),
  flag('--ort-web <dir>', 'folder of onnxruntime-web, if it is not installed beside the project'),
  flag('--webgpu', 'with what runs the graph on a graphics card: 27 MB in place of 14'),
  flag('--no-serve', 'only write the folder, for a server of your own'),
  flag('--port <n>', 'port of that server (default: any that is free)', { parse: numberFrom(1, largestPort) }),
  flag('--open', 'open it in the browser'),
)

export type LiveFlags = ValuesOf<typeof liveFlags>

/** @throws ConfigError for what would do nothing */
export function refuseIdleLive({ live, ortWeb, webgpu, serve, port, open }: LiveFlags): void {
  const about: Readonly<Record<string, boolean>> = { ortWeb: ortWeb !== undefined, webgpu: !!webgpu, serve: serve === false, port: port !== undefined, open: !!open } // biome-ignore format: one row
  const idle = Object.keys(about).find((key) => about[key])
  if (!live && idle !== undefined) throw new ConfigError(idle, 'is about --live, which is not there: leave it out')
  if (serve !== false) return
  if (port !== undefined) throw new ConfigError('port', 'is where to serve, and --no-serve does not: leave one out')
  if (open) throw new ConfigError('open', 'opens what is served, and --no-serve serves nothing: leave one out')
}
