import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('../src/watch.ts', import.meta.url))

it('starts the program again however a file is saved, and after it has failed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'))
  const main = join(folder, 'main.ts')
  const running = (word: string) => `console.log('${word}'); setInterval(() => {}, 1000)\n`
  const replace = (path: string, text: string) => {
    writeFileSync(`${path}~`, text)
    renameSync(`${path}~`, path)
  }
  writeFileSync(main, running('first'))
  const watcher = spawn(process.execPath, [script, folder, main], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise((resolve) => watcher.once('exit', resolve))
  onTestFinished(async () => {
    watcher.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true })
  })
  const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]()
  const until = async (part: string): Promise<void> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`ended before "${part}"`)
      if (value.includes(part)) return
    }
  }

  await until('first')
  replace(main, running('second'))
  await until('second')
  replace(main, 'process.exit(3)\n')
  await until('ended with 3')
  replace(main, running('third'))
  await until('third')
  mkdirSync(join(folder, 'dialogues'))
  writeFileSync(main, running('fourth'))
  await until('fourth')
  writeFileSync(join(folder, 'dialogues/order.json'), '{}')
  await until('order.json was saved')
  await until('fourth')
  watcher.kill('SIGTERM')
  expect(await ended).toBe(0)
}, 30_000)
