import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A path beside this file. */
export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export type Found = { readonly file: string; readonly version: string } | { readonly why: string }

export function run(file: string, ...args: string[]): { ok: boolean; out: string } {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8' })
  return { ok: status === 0, out: (stdout || stderr || error?.message || '').trim() }
}

/** The end of what a program wrote, in one line. */
export const lastWords = (out: string): string => out.slice(-200).replaceAll(/\s+/g, ' ')

/** A Python environment at the project root, installed when it is not there. */
export interface Environment {
  readonly title: string
  readonly folder: string
  /** The interpreter of another environment, to be taken instead. */
  readonly instead?: string | undefined
  /** Path of the requirements file. */
  readonly needs: string
  /** A program that tells the version, and fails where something is missing. */
  readonly probe: string
}

export const torch: Environment = {
  title: 'PyTorch',
  folder: '.venv',
  instead: process.env.BENCH_PYTHON,
  needs: here('../others/torch/requirements.txt'),
  probe: 'import torch; print(torch.__version__)',
}

export const onHost: Environment = {
  ...torch,
  title: 'NumPy and PyTorch',
  probe: 'import numpy, torch; print(numpy.__version__, "and", torch.__version__)',
}

export const paddle: Environment = {
  title: 'PaddlePaddle',
  folder: '.venv-paddle',
  needs: here('peers/requirements-paddle.txt'),
  probe: 'import paddle; print(paddle.__version__)',
}

export const tensorflow: Environment = {
  title: 'TensorFlow',
  folder: '.venv-tensorflow',
  needs: here('peers/requirements-tensorflow.txt'),
  probe: 'import tensorflow; print(tensorflow.__version__)',
}

/** The interpreter of an environment, or why there is none. */
export function findPython({ title, folder, instead, needs, probe }: Environment): Found {
  const venv = join(here('../..'), folder)
  const file = instead ?? join(venv, 'bin/python')
  const version = () => run(file, '-c', probe)
  if (!existsSync(file)) {
    if (!run('python3', '--version').ok) return { why: 'there is no python3' }
    const made = run('python3', '-m', 'venv', venv)
    if (!made.ok) return { why: `python3 -m venv failed: ${lastWords(made.out)}` }
  }
  if (!version().ok) {
    console.error(`Installing ${title} into ${instead ?? folder} …`)
    const installed = run(file, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', needs)
    if (!installed.ok) return { why: `${title} could not be installed: ${lastWords(installed.out)}` }
  }
  const { ok, out } = version()
  return ok ? { file, version: out } : { why: `${title} cannot be imported: ${lastWords(out)}` }
}
