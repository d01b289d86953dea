/** How the simulated model is to speak, from the command line. */
import { parseDialogue, type Dialogue } from '../realtime/dialogue.ts'
import { usualLatency, type Latency } from '../realtime/faults.ts'

const names = Object.keys(usualLatency) as (keyof Latency)[]

/** Reads a dialogue file's text; throws what `wrong` makes of the reason. */
export function readDialogue(path: string, text: string, wrong: (message: string) => Error): Dialogue {
  try {
    return parseDialogue(JSON.parse(text))
  } catch (error) {
    throw wrong(
      `${path} is no dialogue: ${error instanceof Error ? error.message : String(error)}\npackages/sim/dialogues/README.md has the format.`,
    )
  }
}

/** Reads `firstAudioMs=500,audioSpeed=2`, or a bare number for `firstAudioMs`; throws what `wrong` makes of the reason. */
export function readLatency(text: string, wrong: (message: string) => Error): Partial<Latency> {
  const latency: Partial<Latency> = {}
  for (const part of text.split(',').map((one) => one.trim())) {
    const [name, value] = part.includes('=') ? part.split('=', 2) : ['firstAudioMs', part]
    const known = names.find((one) => one === name?.trim())
    if (!known) throw wrong(`--model-latency: there is no "${name}". There are ${names.join(', ')}.`)
    const number = Number(value)
    const least = known === 'audioSpeed' ? Number.MIN_VALUE : 0
    if (!value?.trim() || !Number.isFinite(number) || number < least)
      throw wrong(`--model-latency: "${part}" is no number of ${known === 'audioSpeed' ? 'times' : 'milliseconds'}.`)
    latency[known] = number
  }
  return latency
}
