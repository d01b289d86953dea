import { mkdir, writeFile } from 'node:fs/promises'
import { interleaved, wavHeader } from '@llc-phone/gateway/recording'
import { speak, ulawSilence } from '@llc-phone/sim'
import type { RecordedCall } from '@llc-phone/store'

const BYTES_PER_MS = 8
const VOICES = { caller: 'slt', assistant: 'rms' } as const

/** Speaks what was heard in a call, and keeps it as the recording of the call beside the database in this file. */
export const recordCall = async (databasePath: string, story: RecordedCall): Promise<void> => {
  const lengthMs = Date.parse(story.endedAt!) - Date.parse(story.startedAt)
  const tracks = { caller: ulawSilence(lengthMs), assistant: ulawSilence(lengthMs) }
  for (const { speaker, text, startedMs = 0, endedMs = startedMs } of story.turns) {
    // oxlint-disable-next-line no-await-in-loop -- one voice at a time
    const sound = await speak(text, VOICES[speaker])
    tracks[speaker].set(sound.subarray(0, (endedMs - startedMs) * BYTES_PER_MS), startedMs * BYTES_PER_MS)
  }
  const sound = interleaved(tracks.caller, tracks.assistant)
  const folder = `${databasePath}-recordings`
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}/${story.callId}.wav`, Buffer.concat([wavHeader(sound.length), sound]))
}
