import { askReady } from '../processes/ask-gateway.ts'
import { isOurs } from '../processes/process-facts.ts'
import { runningOn } from '../processes/run-record.ts'
import { describeProcess, portHolders } from '../watching/port-holder.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

/** What `/readyz` says that a gateway lacks, and what to do. */
const LACKS = [
  {
    field: 'storage',
    value: 'unavailable',
    finding: failed(
      'storage',
      'The running gateway answers calls and stores nothing.',
      'Look at the lines database and log here; once its database is back, it goes on by itself.',
    ),
  },
  {
    field: 'model',
    value: 'unavailable',
    finding: warning(
      'gateway',
      'The running gateway holds the model server to be out, and has callers go to the fallback.',
      'Look at the line model here; it tries again by itself.',
    ),
  },
  {
    field: 'room',
    value: 'full',
    finding: warning(
      'gateway',
      'The running gateway has no room for more calls.',
      'Look at llc_room in /metrics: MAX_CALLS, MAX_STARTS_PER_SECOND and the processor limit it.',
    ),
  },
] as const

/** Whether a gateway serves this port, and what it lacks. */
export const examineGateway = async (port: number): Promise<Finding[]> => {
  const name = 'gateway'
  const running = runningOn(port)
  const { state, ...answered } = await askReady(port)
  const who = running
    ? `process ${running.pid}, version ${running.version}, since ${running.startedAt}${running.kind === 'dev' ? ', of ./phone dev' : ''}`
    : 'not started from this folder'
  if (state === 'ready')
    return [
      ok(name, `takes calls on port ${port} (${who})`),
      ...LACKS.flatMap(({ field, value, finding }) => (answered[field] === value ? [finding] : [])),
    ]
  if (state === 'draining')
    return [
      warning(
        name,
        `finishes its calls and takes no new ones (${who})`,
        'Wait until it has ended, then ./phone start.',
      ),
    ]
  return running
    ? [failed(name, `does not answer on port ${port} (${who})`, './phone logs --problems says why; ./phone restart.')]
    : [failed(name, `none runs on port ${port}`, './phone start starts it, ./phone dev one to try.')]
}

/** Whether exactly one process listens on the port, and whose it is. */
export const examinePort = async (port: number): Promise<Finding[]> => {
  const name = 'port'
  const holders = portHolders(port)
  const named = holders.map(describeProcess).join('; ')
  if (holders.length === 0) {
    const { state } = await askReady(port)
    if (state === 'silent') return [ok(name, `nobody holds port ${port}`)]
    return [ok(name, `port ${port} is held by a process that the system does not name, as one of another user`)]
  }
  if (holders.length > 1)
    return [
      failed(
        name,
        `${holders.length} processes hold port ${port}: ${named}`,
        './phone restart ends those of this folder and leaves one; end the others yourself.',
      ),
    ]
  if (isOurs(holders[0]!)) return [ok(name, `port ${port} is held by ${named}, one of ours`)]
  const { state } = await askReady(port)
  return state === 'silent'
    ? [failed(name, `port ${port} is held by ${named}, none of ours`, 'Stop it, or set PORT to a free one.')]
    : [
        warning(
          name,
          `port ${port} is held by ${named}: a gateway of another folder`,
          'Run ./phone doctor in the folder of that one, or set PORT to a free one.',
        ),
      ]
}
