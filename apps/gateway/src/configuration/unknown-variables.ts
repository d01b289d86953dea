import { didYouMean } from '@llc-phone/core'
import { readDotEnv } from '@llc-phone/files'
import { DOT_ENV, variableNames } from './env.ts'

/** Variables that other programs of the repository read, or Node does. */
const OTHERS = [
  'LOG_FILE',
  'SIM_TWILIO_PORT',
  'SIM_REALTIME_PORT',
  'SIM_DIALOGUES',
  'SIM_MODELS',
  'SIM_MODEL_FAULTS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'TZ',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]

/** How names of ours begin: a real variable that begins so and is close to a known one was meant for us. */
const OURS =
  /^(?:OPENAI|TWILIO|OUTBOUND|MESSAGE|MODEL|PREWARM|SIM|MAX|KEEP|SALES|SUPPORT|BILLING|SCHEDULING|IVR|CSR|RECEPTIONIST|ADMIN|PUBLIC|DATABASE|RECORD)_/

/** One sentence for each variable of `.env`, and each real one that looks like ours, that nothing here reads. Names only. */
export const unknownVariables = (
  file: Readonly<Record<string, string | undefined>> = readDotEnv(DOT_ENV),
  real: Readonly<Record<string, string | undefined>> = process.env,
): string[] => {
  const known = [...variableNames(), ...OTHERS]
  const isUnknown = (name: string): boolean => !known.includes(name)
  const inFile = Object.keys(file)
    .filter(isUnknown)
    .map(
      (name) =>
        `${name} in .env is not read by llc-phone. ${didYouMean(name, known) ?? 'docs/reference/env.md has all that are.'}`,
    )
  const inShell = Object.keys(real)
    .filter((name) => !(name in file) && OURS.test(name) && isUnknown(name))
    .flatMap((name) => {
      const meant = didYouMean(name, known)
      return meant === undefined ? [] : `${name} in the environment is not read by llc-phone. ${meant}`
    })
  return [...inFile, ...inShell]
}
