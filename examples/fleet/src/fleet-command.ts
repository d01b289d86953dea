// `./phone fleet`: three gateways on one Postgres, a caller, and the death of the gateway that has the call.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { asCalled, CommandFailed, EXIT, runCommand } from '@llc-phone/files'
import { developmentEnv, repositoryRoot } from '@llc-phone/sim/dev'
import type { SimCall, TimelineType } from '@llc-phone/sim'
import { postgresPrograms, startCluster } from '@llc-phone/store-postgres/testing'
import { GATEWAYS, type GatewayName } from './haproxy.ts'
import { startFleet, type Fleet } from './rig.ts'

const HELP = `Usage: ./phone fleet [--keep]

Shows that a call outlives its gateway: starts Postgres from the programs on this machine (a folder that is deleted afterwards,
no port), three gateways on it, HAProxy before them, and a simulated Twilio and model. Rings, talks, kills the gateway that has
the call with -9, and says what the caller heard and how long nobody spoke. Takes half a minute; nothing is left behind but the
call as a WAV in calls/. Without HAProxy a small proxy of this repository takes its place.

Options:
  --keep   leaves everything running afterwards, until Ctrl-C, and says where it is
  --help   shows this

Examples:
  ./phone fleet
  ./phone fleet --keep`

class Interrupted extends CommandFailed {
  override readonly exitCode = EXIT.interrupted
}

const HEARS_WITHIN_MS = 20_000
const CALLEE = '+14155550102'
const CALLER = '+14155550199'

const say = (line: string): void => console.log(line)
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** Which gateway has the call: the one in the address of its newest media stream. */
const ownerOf = (call: SimCall): GatewayName | undefined => {
  const url = call.timeline.findLast(({ type }) => type === 'socket-opened')?.url ?? ''
  return GATEWAYS.find((name) => url.includes(`/i/${name}/`))
}

/** What was said in the call, as the gateways have it in common. */
const storyOf = async (
  fleet: Fleet,
  token: string,
  call: SimCall,
  alive: readonly GatewayName[],
): Promise<string[]> => {
  for (const name of alive)
    try {
      const response = await fetch(`http://${fleet.gateways[name].address}/calls/${call.sid}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      const { turns = [] } = (await response.json()) as {
        turns?: { readonly speaker: string; readonly text: string }[]
      }
      return turns.map(({ speaker, text }) => `  ${speaker.padEnd(10)} ${text}`)
    } catch {
      // Ask the next one.
    }
  return []
}

const heard = async (call: SimCall, what: string): Promise<void> => {
  if (!(await call.heardSpeech(HEARS_WITHIN_MS))) throw new CommandFailed(`The caller did not hear ${what}.`)
}

const show = async (fleet: Fleet, token: string, ring: () => SimCall): Promise<SimCall> => {
  const call = ring()
  await heard(call, 'a greeting')
  await call.quiet(700)
  await call.say('can I leave a message for Anna')
  await heard(call, 'an answer')
  await call.quiet(700)
  const owner = ownerOf(call)
  if (owner === undefined) throw new CommandFailed('The address of the media stream names no gateway of the fleet.')
  say(`The call is at gateway ${owner}. The caller asks something; ${owner} is killed while it answers.`)
  await call.say('where can I park my car')
  await heard(call, 'an answer')
  await wait(500)
  const countOf = (type: TimelineType): number => call.timeline.filter((entry) => entry.type === type).length
  const [closed, started, spoken] = [countOf('socket-closed'), countOf('media-start'), countOf('assistant-start')]
  fleet.gateways[owner].process.kill('SIGKILL')
  const torn = await call.seen('socket-closed', closed + 1)
  const again = await call.seen('media-start', started + 1)
  if (torn === undefined || again === undefined) throw new CommandFailed(`The call ended with its gateway.`)
  say(`  ${seconds(again.atMs - torn.atMs)} after its stream was torn the call is at gateway ${ownerOf(call)}`)
  const words = await call.seen('assistant-start', spoken + 1)
  if (words === undefined) throw new CommandFailed('The caller heard nobody any more.')
  say(`  ${seconds(words.atMs - torn.atMs)} after it the caller hears somebody again`)
  await call.quiet(700)
  await call.say('it is urgent, please call me back')
  await heard(call, 'an answer')
  await call.quiet(700)
  call.hangUp()
  await call.ended
  say('\nWhat was said, from the database that all three share:')
  for (const line of await storyOf(
    fleet,
    token,
    call,
    GATEWAYS.filter((name) => name !== owner),
  ))
    say(line)
  return call
}

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, keep: { type: 'boolean', default: false } },
  })
  if (values.help) return console.log(asCalled(HELP))
  if (postgresPrograms() === undefined)
    throw new CommandFailed(
      'No Postgres server is installed: initdb was not found. On Debian: apt-get install postgresql. On a Mac: brew install postgresql.',
    )
  const folder = mkdtempSync(join(tmpdir(), 'llc-fleet-'))
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => reject(new Interrupted('Interrupted.')))
  })
  interrupted.catch(() => {})
  const closers: (() => unknown)[] = []
  let isOver = false
  /** What was still starting when we were interrupted is ended as soon as it has. */
  const atEnd = async (close: () => unknown): Promise<void> => {
    if (!isOver) return void closers.push(close)
    await close()
    throw new Interrupted('Interrupted.')
  }
  /** The logs stay when something went wrong, for whoever looks into it. */
  let isDone = false
  const act = async (): Promise<void> => {
    // Loaded late: the help appears at once.
    const { createRealtimeServer, createTwilio, writeStereoWav } = await import('@llc-phone/sim')
    const cluster = await startCluster()
    await atEnd(() => cluster.stop())
    await cluster.create('llc')
    say('Postgres      on a socket in a folder of its own')
    const { env } = developmentEnv({ OPENAI_REALTIME_URL: 'ws://127.0.0.1:1', TWILIO_API_URL: 'http://127.0.0.1:1' })
    const model = await createRealtimeServer({ apiKey: env.OPENAI_API_KEY!, keepsAudio: false })
    await atEnd(() => model.close())
    const twilio = await createTwilio({
      accountSid: env.TWILIO_ACCOUNT_SID!,
      authToken: env.TWILIO_AUTH_TOKEN!,
      anyNumber: { voiceUrl: '' },
    })
    await atEnd(() => twilio.close())
    const fleet = await startFleet({
      databaseUrl: cluster.url('llc'),
      folder,
      env: {
        ...env,
        ADMIN_TOKEN: TOKEN,
        OPENAI_REALTIME_URL: model.url,
        TWILIO_API_URL: twilio.url,
        LOG_LEVEL: 'info',
      },
    })
    await atEnd(() => fleet.stop())
    for (const { name, address } of Object.values(fleet.gateways)) say(`gateway ${name}     http://${address}`)
    say(
      fleet.haproxy === undefined
        ? `proxy         ${fleet.publicUrl}  (HAProxy is not installed, so a small proxy of this repository: apt-get install haproxy)`
        : `proxy         ${fleet.publicUrl}  (HAProxy ${fleet.haproxy.split('-')[0]})`,
    )
    say('')
    const call = await show(fleet, TOKEN, () =>
      twilio.placeCall({
        to: CALLEE,
        from: CALLER,
        voiceUrl: `${fleet.publicUrl}/twiml`,
        statusCallback: `${fleet.publicUrl}/twilio/status`,
      }),
    )
    const { tracks } = await call.ended
    const file = join(repositoryRoot, 'calls', `fleet-${call.sid.slice(-6)}.wav`)
    mkdirSync(join(repositoryRoot, 'calls'), { recursive: true })
    writeFileSync(file, writeStereoWav(tracks.caller, tracks.heard))
    say(`\n${relative(process.cwd(), file)}`)
    isDone = true
    if (!values.keep) return
    say(
      `\nRunning until Ctrl-C. Logs: ${folder}. Who is there: curl -H 'Authorization: Bearer ${TOKEN}' ${fleet.publicUrl}/fleet`,
    )
    await interrupted
  }
  try {
    await Promise.race([act(), interrupted])
  } finally {
    isOver = true
    for (const close of closers.toReversed()) await close()
    if (isDone) rmSync(folder, { recursive: true, force: true })
    else console.error(`The logs of the gateways: ${folder}`)
  }
}

/** Of a fleet on loopback that lives for a minute. */
const TOKEN = 'a-token-for-the-demonstration'

runCommand(run, () => false, 'fleet')
