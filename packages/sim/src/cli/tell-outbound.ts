/** Tells of the calls that the gateway places: who said what, how it ended, and where it can be heard. */
import { relative } from 'node:path'
import type { SimCall } from '@llc-phone/virtual-carrier/types'
import { usualCallPath, writeCall } from './call-file.ts'
import { createCallPrinter } from './call-printer.ts'
import type { Transcript } from './transcript.ts'

/** Where it gets the assistant's words from, and where what it tells goes. */
export interface TellOptions {
  print(line: string): void
  transcript(callSid: string): Transcript
  /** Default: with the WAVs of `./phone call`. */
  pathOf?(startedAt: Date, number: string): string
  /** Shown paths start here. */
  directory: string
}

/** Resolves when the call is over and told. Its lines come together at its end, so that calls at the same time do not mix. */
export async function tellOutbound(call: SimCall, options: TellOptions): Promise<void> {
  const { print, directory, pathOf = usualCallPath } = options
  const startedAt = new Date()
  const lines: string[] = []
  const printer = createCallPrinter((line) => lines.push(line), 'callee')
  const transcript = options.transcript(call.sid)
  let words = Promise.resolve()
  const fetchWords = (): void => {
    words = words.then(async () => printer.assistantSaid(await transcript.fetchNew()))
  }
  printer.ringing(call)
  call.onTimeline((entry) => {
    printer.entry(entry)
    if (entry.type === 'assistant-stop') fetchWords()
  })
  const { status, durationMs, timeline, tracks, warnings, errors } = await call.ended
  const isAnswered = timeline.some(({ type }) => type === 'answered')
  if (isAnswered) fetchWords()
  await words
  for (const line of lines) print(line)
  for (const { code, message } of [...errors, ...warnings]) print(`${code}: ${message}`)
  const seconds = (durationMs / 1000).toFixed(1)
  if (!isAnswered) return print(`${call.to} ${status} after ${seconds} s`)
  const path = pathOf(startedAt, call.to)
  writeCall(path, tracks)
  print(`${call.to} ${status} after ${seconds} s  ${relative(directory, path)}`)
}
