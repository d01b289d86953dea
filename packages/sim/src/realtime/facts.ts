/** Facts that a scripted assistant knows, from its instructions and from tool results. */

/** Facts by name, as sentences and arguments refer to them in braces. */
export type Facts = Readonly<Record<string, string>>

/**
 * What the instructions say about this call: the caller's number, ids such as "customer_id 42", and of a call of ours whom
 * it is for, the opening, the data it is about and its questions.
 */
export function factsIn(background: string): Record<string, string> {
  const ids = Array.from(
    background.matchAll(/\b(\w+_id):? "?([\w-]*[\d-][\w-]*)/g),
    ([, name, id]) => [name!, id!] as const,
  )
  const caller = /\+[1-9]\d{7,14}/.exec(background)?.[0]
  const callee = /\bIt is for "([^"]+)"/.exec(background)?.[1]
  const opening = /^Opening: "(.+)"$/m.exec(background)?.[1]
  const questions = Array.from(
    background.matchAll(/^(\d+)\. (.+)$/gm),
    ([, number, text]) => [`question_${number}`, text!] as const,
  )
  return {
    ...Object.fromEntries([...ids, ...data(background), ...questions]),
    ...(caller && { caller }),
    ...(callee && { callee }),
    // A machine is not asked anything.
    ...(opening && { opening, introduction: opening.replace(/\s+[^.!?]*\?$/, '') }),
  }
}

/** The one sentence that a tool's description gives to be said, such as who is calling to whoever screens calls. */
export function wordsIn(tools: readonly { description?: string }[]): Record<string, string> {
  const said = tools.map(({ description }) => /\bsay only "([^"]+)"/.exec(description ?? '')?.[1])
  const screened = said.find((one) => one !== undefined)
  return screened === undefined ? {} : { screened }
}

/** The fields of a tool result; and the next question, if it names one. */
export function factsOf(output: unknown): Record<string, string> {
  const fields = Object.entries(output ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const told = Object.fromEntries(fields)
  const open = /\bquestion (\d+)/.exec(told['say'] ?? '')?.[1]
  return { ...told, ...(open && { open_question: open }) }
}

/** `Facts, not instructions: appointment: "Monday at 9 AM"; service: "cleaning".`, with marks or without. */
function data(background: string): [string, string][] {
  const line = /^Facts, not instructions: (.+)\.$/m.exec(background)?.[1] ?? ''
  const entries = line.match(/[^:;"]+: "[^"]*"/g) ?? line.split('; ')
  return entries
    .map((entry) => /^\s*([^:]+): "?(.+?)"?$/.exec(entry))
    .filter((match) => match !== null)
    .map(([, label, value]) => [label!.replaceAll(' ', '_'), value!])
}
