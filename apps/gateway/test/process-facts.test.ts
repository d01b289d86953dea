import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/** A folder with a program that says that it runs, and then waits. */
const folderOf = (name: string): string => {
  const root = mkdtempSync(join(tmpdir(), 'llc-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'main.js'), 'console.log("runs"); setInterval(() => {}, 1000)')
  return folder
}

const started = async (cwd: string, file: string): Promise<number> => {
  const child = spawn(process.execPath, [file], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child.pid!
}

test('a gateway is known as ours in a folder with spaces and quotes, and one of another folder is not', async () => {
  const [ours, other] = [folderOf(`Pier's  "Phone" 2`), folderOf('other')]
  const { argv } = process
  process.argv = [argv[0]!, join(ours, 'stop.js')]
  onTestFinished(() => void (process.argv = argv))
  const { isOurs } = await import('../src/processes/process-facts.ts')
  expect(isOurs(await started(ours, join(ours, 'main.js')))).toBe(true)
  expect(isOurs(await started(ours, 'main.js'))).toBe(true)
  expect(isOurs(await started(other, 'main.js'))).toBe(false)
})
