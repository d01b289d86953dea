import { expect, it } from 'vitest'
import { createLog } from '../src/watching/log.ts'

const written = () => {
  const lines: string[] = []
  const log = createLog({
    level: 'info',
    secrets: ['sk-very-secret', 'twilio-token'],
    stream: { write: (line) => void lines.push(line) },
  })
  return { log, text: () => lines.join('') }
}

it('redacts personal data and credentials by their place', () => {
  const { log, text } = written()
  log.info(
    { pii: { name: 'Zoë' }, call: { pii: 'Zoë' }, request: { headers: { authorization: 'Bearer abc' } } },
    'static',
  )
  expect(text()).toContain('"pii":"[redacted]"')
  expect(text()).not.toContain('Zoë')
  expect(text()).not.toContain('Bearer abc')
})

it('masks a telephone number and removes a secret wherever they turn up', () => {
  const { log, text } = written()
  const error = new Error('no answer from +14155550123 (key sk-very-secret)')
  log.error({ err: error, url: '/twiml?From=%2B14155550124', list: ['+442071838750'] }, 'call from +14155550125')
  log.info({ header: 'twilio-token' }, 'static')
  for (const leak of ['4155550123', '4155550124', '4155550125', '2071838750', 'sk-very-secret', 'twilio-token'])
    expect(text()).not.toContain(leak)
  expect(text()).toContain('+1415•••0123')
})

it('leaves ids, times and amounts alone', () => {
  const { log, text } = written()
  log.info(
    { callSid: 'CA00000000000000000000000000000123', durationMs: 123456789, offset: '2026-11-22T10:00:00+0100' },
    'call ended',
  )
  expect(JSON.parse(text())).toMatchObject({
    level: 'info',
    msg: 'call ended',
    callSid: 'CA00000000000000000000000000000123',
    durationMs: 123456789,
    offset: '2026-11-22T10:00:00+0100',
  })
})
