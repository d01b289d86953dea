import { cpSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

const LEFT_OUT = new Set(['test', 'dist', 'coverage', '.turbo', '.env'])

/** A copy of this repository that can be built and edited. It shares the packages of others with the original. */
export const copyCheckout = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'llc-checkout-'))
  const folders = [
    'apps/gateway',
    'apps/console',
    ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
  ]
  for (const path of folders)
    cpSync(join(root, path), join(copy, path), {
      recursive: true,
      // Links between our packages are relative, so they stay within the copy.
      verbatimSymlinks: true,
      filter: (source) => !LEFT_OUT.has(basename(source)),
    })
  for (const name of [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'tsconfig.base.json',
    'phone',
    'phone.cmd',
  ])
    cpSync(join(root, name), join(copy, name))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}
