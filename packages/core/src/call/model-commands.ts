import type { HeardPart, ModelCapabilities, ModelCommand } from '../model.ts'

/** Whether the model can be told how much of a part was heard. A part of which nothing was heard needs `deleteItem`. */
const canCorrect = ({ heardMs, contentIndex }: HeardPart, { truncate, deleteItem }: ModelCapabilities): boolean =>
  heardMs === 0 && contentIndex === 0 ? deleteItem : truncate

const note = (text: string): ModelCommand => ({ type: 'addMessage', role: 'system', text })

const inWords = (parts: readonly HeardPart[]): ModelCommand => {
  const heardMs = parts.reduce((sum, part) => sum + part.heardMs, 0)
  const howMuch = heardMs === 0 ? 'nothing' : `only the first ${(heardMs / 1_000).toFixed(1)} seconds`
  return note(`The caller has heard ${howMuch} of what you said last.`)
}

const NOISE = 'What was just heard while you spoke was noise, or a word of agreement: it needs no answer.'

/** Replaces what the model cannot do by commands that it can. `hasSpoken`: whether this connection has spoken an item. */
export const adaptCommand = (
  command: ModelCommand,
  can: ModelCapabilities,
  hasSpoken: (itemId: string) => boolean,
): readonly ModelCommand[] => {
  if (command.type === 'dismissTurn') return can.deleteItem ? [command] : [command, note(NOISE)]
  if (command.type !== 'interrupt') return [command]
  const others = command.heard.filter((part) => !canCorrect(part, can) && hasSpoken(part.itemId))
  const stop: ModelCommand = { ...command, heard: command.heard.filter((part) => canCorrect(part, can)) }
  return others.length > 0 ? [stop, inWords(others)] : [stop]
}
