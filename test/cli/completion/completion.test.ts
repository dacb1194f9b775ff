import { execFileSync, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { yoloLossHere as yoloLoss } from '../../support/cli.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

async function scriptOf(shell: string): Promise<string> {
  const { code, stdout } = await yoloLoss(['completion', shell])
  expect(code).toBe(0)
  const file = join(root, `yolo-loss.${shell}`)
  await writeFile(file, stdout)
  return file
}

describe.runIf(has('bash'))('completion bash', async () => {
  const script = await scriptOf('bash')
  /** What bash offers for the last word of a line. */
  const offered = (...words: readonly string[]): string[] => {
    const ask = 'source "$0"; COMP_WORDS=(yolo-loss "$@"); COMP_CWORD=$#; _yolo_loss; '
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of bash
    const show = 'printf "%s\\n" "${COMPREPLY[@]}"'
    const text = execFileSync('bash', ['--norc', '-c', ask + show, script, ...words], { encoding: 'utf8' })
    return text.split('\n').filter((word) => word !== '')
  }

  it('offers commands, and the flags of the program', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['export', 'verify', 'setup-cuda', 'completion', 'help']))
    expect(offered('ex')).toEqual(['export'])
    expect(offered('-q', 'ta')).toEqual(['targets'])
    expect(offered('--qu')).toEqual(['--quiet'])
  })

  it('offers the values of an option of the loss', () => {
    expect(offered('export', '--form', 'st')).toEqual(['static'])
    expect(offered('attach', '--preset', 'yolov3-tiny-v')).toEqual(['yolov3-tiny-voc'])
    expect(offered('inspect', '--labels', '')).toEqual(['dense', 'boxes', 'weighted-boxes'])
  })

  it('offers the flags of a command, those of the program among them, each once', () => {
    expect(offered('verify', 'loss.onnx', '--fa')).toEqual(['--fail-fast'])
    expect(offered('eval', '--')).toEqual(expect.arrayContaining(['--annotations', '--names', '--json', '--quiet']))
    const all = offered('verify', '-')
    expect(all).toEqual([...new Set(all)])
    expect(offered('attach', '--op')).toEqual([])
  })

  it('offers the values that a flag or an argument takes', () => {
    expect(offered('lint', 'a.onnx', '--for', 'te')).toEqual(['tensorrt'])
    expect(offered('targets', 'a.txt', '--fit', '')).toEqual(['letterbox', 'stretch', 'none'])
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })

  it('leaves files to the shell', () => {
    expect(offered('verify', '')).toEqual([])
    expect(offered('verify', '--data', '')).toEqual([])
    expect(execFileSync('bash', ['-c', 'source "$0"; complete -p yolo-loss', script], { encoding: 'utf8' })).toContain(
      '-o default',
    )
  })

  it('offers every flag that a help lists', async () => {
    for (const command of offered('').filter((name) => name !== 'help')) {
      const { stdout } = await yoloLoss([command, '--help'])
      const listed = [...stdout.matchAll(/^ {2}(?:(-\w), )?(--[a-z][a-z0-9-]*)/gm)].flatMap(([, short, long]) => [
        short,
        long,
      ])
      expect(offered(command, '-').sort()).toEqual([...new Set(listed.filter((name) => name !== undefined))].sort())
    }
  })
})

describe('completion zsh', async () => {
  const script = await scriptOf('zsh')
  it.runIf(has('zsh'))('is read by zsh, which takes it for both names', () => {
    expect(spawnSync('zsh', ['-n', script])).toMatchObject({ status: 0 })
    const ask = 'autoload -U compinit; compinit -u -D; source "$0"; print $_comps[yolo-loss] $_comps[onnx-yolo-loss]'
    expect(execFileSync('zsh', ['-f', '-c', ask, script], { encoding: 'utf8' })).toBe('_yolo_loss _yolo_loss\n')
  })
  it('names commands, flags with their words, and choices', async () => {
    const { stdout } = await yoloLoss(['completion', 'zsh'])
    expect(stdout).toMatch(/^#compdef yolo-loss onnx-yolo-loss\n/)
    expect(stdout).toContain("'export:Write the loss as an ONNX graph'")
    expect(stdout).toContain("'*--fit[how images come into the input]:value:(letterbox stretch none)'")
    expect(stdout).toContain("'*:value:(bash zsh fish)'")
  })
})

describe('completion fish', async () => {
  const script = await scriptOf('fish')
  it.runIf(has('fish'))('is read by fish', () => {
    expect(spawnSync('fish', ['-n', script])).toMatchObject({ status: 0 })
  })
  it.runIf(has('fish')).each([
    ['yolo-loss ex', ['export']],
    ['onnx-yolo-loss ex', ['export']],
    ['yolo-loss verify loss.onnx --fa', ['--fail-fast']],
    ['yolo-loss targets a.txt --fit ', ['letterbox', 'none', 'stretch']],
    ['yolo-loss completion ', ['bash', 'fish', 'zsh']],
    ['yolo-loss --qu', ['--quiet']],
  ])('lets fish offer, for "%s", %j', (line, offered) => {
    const ask = `source ${script}; complete -C '${line}'`
    const text = execFileSync('fish', ['--no-config', '-c', ask], {
      encoding: 'utf8',
      env: { ...process.env, HOME: root },
    })
    const words = text.split('\n').map((one) => one.split('\t')[0] as string)
    expect(words.filter((word) => word !== '').sort()).toEqual(offered)
  })
  it('names commands, flags with their words, and choices', async () => {
    const { stdout } = await yoloLoss(['completion', 'fish'])
    expect(stdout).toContain(
      "complete -c yolo-loss -f -n __fish_use_subcommand -a export -d 'Write the loss as an ONNX graph'",
    )
    const fit =
      "-n '__fish_seen_subcommand_from targets' -l fit -x -a 'letterbox stretch none' -d 'how images come into the input'"
    expect(stdout).toContain(fit)
    expect(stdout).toContain(`complete -c yolo-loss -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'`)
  })
})

it('completion of another shell is refused', async () => {
  expect(await yoloLoss(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are bash, zsh, fish'),
  })
})
