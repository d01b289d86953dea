/** How the simulated model is to speak, from the command line. */
import { usualLatency, type Latency } from '../realtime/faults.ts'

const names = Object.keys(usualLatency) as (keyof Latency)[]

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
