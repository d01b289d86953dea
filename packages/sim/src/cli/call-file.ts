/** Keeps a call as a WAV that can be listened to. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { repositoryRoot } from '../dev.ts'
import { writeStereoWav } from '@llc-phone/virtual-carrier/wav'

/** Where calls are kept unless told otherwise: the time and the number of the other party tell them apart. */
export const usualCallPath = (startedAt: Date, number: string): string =>
  `${repositoryRoot}calls/${stamp(startedAt)}-${number.replace(/\D/g, '')}.wav`

/** Writes both tracks (μ-law, 8 kHz): the person left, the assistant right. */
export function writeCall(path: string, { caller, heard }: { caller: Uint8Array; heard: Uint8Array }): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, writeStereoWav(caller, heard))
}

/** Local time as in 2026-11-22-14-05-09: sorts, and is a file name everywhere. */
function stamp(date: Date): string {
  const pad = (value: number): string => String(value).padStart(2, '0')
  const parts = [date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()]
  return [date.getFullYear(), ...parts.map(pad)].join('-')
}
