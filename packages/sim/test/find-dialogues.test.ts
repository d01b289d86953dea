import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { understand } from '../src/meaning/understand.ts'
import { chooseDialogue, phrasesOf } from '../src/realtime/dialogue.ts'
import { findDialogues, readDialogue, shippedDialogues } from '../src/realtime/find-dialogues.ts'

const sentences = { greeting: 'a', unheard: 'b', resumes: 'c', cannot: 'd', failed: 'e', exchanges: [] }
const tool = (name: string) => ({ type: 'function' as const, name, parameters: { type: 'object' } })

test('every package brings its own, in the order they are tried; those of a folder come first', () => {
  const root = mkdtempSync(join(tmpdir(), 'root-'))
  const write = (path: string, dialogue: object) => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify({ ...sentences, ...dialogue }))
  }
  write('packages/sim/dialogues/fallback.json', { mode: 'fallback', tools: [], order: 100 })
  write('packages/mode-a/dialogues/a.json', { mode: 'a', tools: ['shared'], order: 10 })
  write('examples/b/dialogues/b.json', { mode: 'b', tools: ['shared', 'own'] })
  write('packages/mode-a/src/no.json', { mode: 'none', tools: [] })
  write('mine/c.json', { mode: 'c', tools: ['other'], order: 50 })
  expect(findDialogues(undefined, root).map(({ mode }) => mode)).toEqual(['b', 'a', 'fallback'])
  const all = findDialogues(join(root, 'mine'), root)
  expect(all.map(({ mode }) => mode)).toEqual(['c', 'b', 'a', 'fallback'])
  expect(chooseDialogue(all, [tool('shared')]).mode).toBe('b')
  expect(chooseDialogue(all, [tool('unknown')]).mode).toBe('fallback')
})

test('one with a mistake is named with its path', () => {
  expect(() => readDialogue('a/b.json', '{')).toThrow(/^a\/b\.json is no dialogue: .*README/s)
})

test('the shipped ones are found, and the example has one', () => {
  expect(shippedDialogues().map(({ mode }) => mode)).toEqual(
    expect.arrayContaining(['orders', 'outbound', 'csr', 'receptionist', 'ivr', 'fallback']),
  )
  expect(shippedDialogues().at(-1)!.tools).toEqual([])
  expect(chooseDialogue(shippedDialogues(), [tool('transfer_call'), tool('find_order')]).mode).toBe('orders')
})

test('that of a new mode is read, and understands what it says and some other words', () => {
  const url = new URL('../../create-mode/template/dialogues/sample.json', import.meta.url)
  const dialogue = readDialogue('sample.json', readFileSync(url, 'utf8'))
  const lines = [...phrasesOf(dialogue), 'when are you open', 'give me a human please', 'okay, bye']
  expect(lines.map((line) => understand(dialogue, line).phrase)).toEqual([
    ...phrasesOf(dialogue),
    ...phrasesOf(dialogue),
  ])
})
