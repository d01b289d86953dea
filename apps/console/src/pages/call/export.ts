import type { Entry } from './entries.ts'
import { tickText } from './scale.ts'
import type { Story } from './story.ts'
import { actText, words } from './call-words.ts'

/** The transcript as plain text, as somebody would send it on. */
export const transcriptText = (story: Story, entries: readonly Entry[]): string => {
  const head = `${story.caller ?? 'withheld'} ${story.direction === 'inbound' ? '→' : '←'} ${story.dialled}, ${story.startedAt}`
  const lines = entries.map((entry): string => {
    const at = tickText(Math.round(entry.atMs / 100) * 100)
    switch (entry.kind) {
      case 'turn': {
        const { speaker, text, cut, unheard, heardMs = 0, sentMs = 0 } = entry.turn
        const rest = cut
          ? ` [cut, heard ${(heardMs / 1_000).toFixed(1)} of ${(sentMs / 1_000).toFixed(1)} s${unheard ? `; not heard: ${unheard}` : ''}]`
          : ''
        return `${at} ${words.who[speaker]}: ${text}${rest}`
      }
      case 'speech':
        return `${at} ${words.who.caller}: (${entry.speech.as === 'noise' ? words.noise : 'no words understood'})`
      case 'tool':
        return `${at} ${words.who.tool}: ${entry.tool.name} ${entry.tool.outcome}`
      case 'transfer':
        return `${at} ${words.who.transfer}: ${entry.transfer.label ?? entry.transfer.route ?? ''} ${entry.transfer.outcome ?? ''}`
      case 'problem':
        return `${at} ${words.who.problem}: ${entry.problem.code} ${entry.problem.message}`
      case 'act':
        return `${at} ${words.who.act}: ${actText(entry.act, entry.to)}${entry.act.text ? `: ${entry.act.text}` : ''}`
      case 'note':
        return `${at} ${words.who.note}: ${entry.text}`
    }
  })
  return [head, ...(story.outcome ? [story.outcome] : []), '', ...lines, ''].join('\n')
}

/** Hands a text to the browser as a file. */
export const download = (name: string, text: string, type: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
