import { afterAll, expect, test } from 'vitest'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import type { FarEnd, PlaceCallOptions } from '@llc-phone/virtual-carrier/types'
import {
  accountSid,
  authToken,
  callerNumber,
  ourNumber,
  startGateway,
  streamTwiml,
  tone,
  type Webhook,
} from './twilio-gateway.ts'

const colleague = '+14155550111'
const cleanUps: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A gateway that answers with these documents; what is not named gets an empty one. */
async function start(documents: Record<string, string | ((webhook: Webhook) => string)>, farEnd?: FarEnd) {
  const gateway = await startGateway((webhook) => {
    const document = documents[webhook.path]
    return `<Response>${typeof document === 'function' ? document(webhook) : (document ?? '')}</Response>`
  })
  const stand = await createTwilio({
    accountSid,
    authToken,
    anyNumber: { voiceUrl: `${gateway.url}/twiml` },
    ...(farEnd && { farEnd: () => farEnd }),
  })
  cleanUps.push(gateway.close, stand.close)
  const paths = (): string[] => gateway.webhooks.map(({ path }) => path)
  const last = (): Record<string, string> => gateway.webhooks.at(-1)!.params
  return { gateway, stand, paths, last }
}
const ring = (stand: SimTwilio, more: Partial<PlaceCallOptions> = {}) =>
  stand.placeCall({ to: ourNumber, from: callerNumber, ...more })

test.concurrent('verbs run in order; Say is heard; Redirect takes a relative address', async () => {
  const { stand, paths } = await start({
    '/twiml': '<Say>Hello there</Say><Pause length="0.1"/><Redirect method="POST">/next</Redirect><Say>never</Say>',
    '/next': '<Hangup/><Say>never</Say>',
  })
  const { timeline, status, errors } = await ring(stand).ended
  expect(paths()).toEqual(['/twiml', '/next'])
  expect(timeline.filter(({ type }) => type === 'say').map(({ text }) => text)).toEqual(['Hello there'])
  expect(timeline.some(({ type }) => type === 'assistant-start')).toBe(true)
  expect([status, errors]).toEqual(['completed', []])
})

test.concurrent.each([
  ['rejected', '<Reject/>', 'failed'],
  ['busy', '<Reject reason="busy"/>', 'busy'],
])('a call that is %s is never answered', async (_, document, status) => {
  const { stand } = await start({ '/twiml': document })
  const result = await ring(stand).ended
  expect(result.status).toBe(status)
  expect(result.timeline.some(({ type }) => type === 'answered')).toBe(false)
})

test.concurrent('a caller who gives up during the ringing', async () => {
  const { stand } = await start({ '/twiml': '<Pause length="30"/>' })
  const call = ring(stand)
  await call.seen('twiml')
  call.hangUp()
  expect((await call.ended).status).toBe('no-answer')
})

test.concurrent.each([
  ['a document with an unknown verb', () => '<Response><Shout/></Response>', 12100],
  ['an error page', () => ({ status: 500, body: 'oops' }), 11200],
  ['a stream with a query string', () => streamTwiml('ws://127.0.0.1:9/media?token=1'), 31920],
  ['a stream of another scheme', () => streamTwiml('ftp://127.0.0.1/media'), 31922],
  ['a stream nobody answers', () => streamTwiml('ws://127.0.0.1:9/media'), 31902],
])('%s is noted with the code of Twilio', async (_, answer, code) => {
  const gateway = await startGateway(answer)
  const stand = await createTwilio({ accountSid, authToken, anyNumber: { voiceUrl: `${gateway.url}/twiml` } })
  cleanUps.push(gateway.close, stand.close)
  const { errors, status } = await ring(stand).ended
  expect(errors.map((error) => error.code)).toEqual([code])
  expect(status).toBe(code < 30_000 ? 'failed' : 'completed')
})

test.concurrent('a refused media socket is 31920, told by the stream callback, and the action comes next', async () => {
  const { stand, gateway, paths } = await start({
    '/twiml': () =>
      `<Connect action="/after"><Stream url="${gateway.url.replace('http', 'ws')}/media" statusCallback="/stream"/></Connect>`,
  })
  gateway.refuseUpgrades(403)
  const { errors } = await ring(stand).ended
  expect(errors.map(({ code }) => code)).toEqual([31920])
  expect(paths().toSorted()).toEqual(['/after', '/stream', '/twiml'])
  expect(gateway.webhooks.find(({ path }) => path === '/stream')!.params).toMatchObject({ StreamEvent: 'stream-error' })
})

test.concurrent('a webhook that takes too long is 11200', async () => {
  const gateway = await startGateway(() => new Promise<string>((resolve) => setTimeout(resolve, 400, '<Response/>')))
  const stand = await createTwilio({
    accountSid,
    authToken,
    anyNumber: { voiceUrl: gateway.url },
    webhookTimeoutMs: 100,
  })
  cleanUps.push(gateway.close, stand.close)
  expect((await ring(stand).ended).errors.map(({ code }) => code)).toEqual([11200])
})

test.concurrent('Gather hands the digits to its action, and goes on without any', async () => {
  const { stand, paths, last } = await start({
    '/twiml': '<Gather numDigits="2" timeout="0.2" action="/digits"/><Redirect>/none</Redirect>',
  })
  const call = ring(stand)
  await call.seen('gather')
  call.press('42')
  await call.ended
  expect([paths(), last().Digits]).toEqual([['/twiml', '/digits'], '42'])

  await ring(stand).ended
  expect(paths().slice(2)).toEqual(['/twiml', '/none'])
})

test.concurrent('Record keeps what the caller says until a key, and tells its callback', async () => {
  const { stand, paths, gateway } = await start({
    '/twiml': '<Record action="/recorded" finishOnKey="#" playBeep="false" recordingStatusCallback="/ready"/>',
  })
  const call = ring(stand)
  await call.seen('record')
  await call.play(tone(300))
  call.press('#')
  await call.ended
  expect(paths().toSorted()).toEqual(['/ready', '/recorded', '/twiml'])
  const recorded = gateway.webhooks.find(({ path }) => path === '/recorded')!.params
  expect(recorded).toMatchObject({ Digits: '#', RecordingDuration: '1' })
  expect(gateway.webhooks.find(({ path }) => path === '/ready')!.params.RecordingSid).toBe(recorded.RecordingSid)
})

test.concurrent('a caller who hangs up after their message leaves it all the same', async () => {
  const { stand, gateway } = await start({ '/twiml': '<Record action="/recorded" playBeep="false"/>' })
  const call = ring(stand)
  await call.seen('record')
  await call.play(tone(200))
  call.hangUp()
  await call.ended
  expect(gateway.webhooks.at(-1)).toMatchObject({
    path: '/recorded',
    params: { Digits: 'hangup', CallStatus: 'completed' },
  })
})

test.concurrent.each<[string, FarEnd, Record<string, string>]>([
  ['busy', { outcome: 'busy', afterMs: 20 }, { DialCallStatus: 'busy', DialBridged: 'false' }],
  ['no answer', { outcome: 'no-answer' }, { DialCallStatus: 'no-answer', DialBridged: 'false' }],
  ['failed', { outcome: 'failed', afterMs: 20 }, { DialCallStatus: 'failed', DialBridged: 'false' }],
  [
    'answers, then hangs up',
    { outcome: 'answers', afterMs: 20, hangsUpAfterMs: 150 },
    { DialCallStatus: 'completed', DialBridged: 'true' },
  ],
])('Dial: %s', async (_, farEnd, expected) => {
  const { stand, paths, last } = await start(
    { '/twiml': `<Dial action="/dialled" timeout="0.2">${colleague}</Dial><Say>never</Say>` },
    farEnd,
  )
  await ring(stand).ended
  expect(paths()).toEqual(['/twiml', '/dialled'])
  expect(last()).toMatchObject(expected)
})

test.concurrent('both ends of a dialled call hear each other', async () => {
  const { stand } = await start(
    { '/twiml': `<Dial><Number>${colleague}</Number></Dial>` },
    { outcome: 'answers', afterMs: 20, script: [{ wait: 100 }, { audio: tone(200) }] },
  )
  const call = ring(stand)
  expect(await call.heardSpeech()).toBe(true)
  const child = [...stand.calls.values()].find(({ parentSid }) => parentSid === call.sid)!
  await call.play(tone(200))
  expect(await child.heardSpeech()).toBe(true)
  expect(child).toMatchObject({ to: colleague, from: callerNumber, direction: 'outbound-dial' })
  call.hangUp()
  expect((await child.ended).status).toBe('completed')
})

test.concurrent('whoever is behind an extension hears its keys before the caller', async () => {
  const { stand } = await start(
    { '/twiml': `<Dial><Number sendDigits="w22#">${colleague}</Number></Dial>` },
    { outcome: 'answers', afterMs: 20, extension: '22#', script: [{ wait: 100 }, { audio: tone(200) }] },
  )
  const call = ring(stand)
  expect(await call.heardSpeech()).toBe(true)
  const child = [...stand.calls.values()].find(({ parentSid }) => parentSid === call.sid)!
  const at = (type: string) => child.timeline.find((entry) => entry.type === type)!.atMs
  expect(child.timeline).toContainEqual(expect.objectContaining({ type: 'play', digits: 'w22#' }))
  expect(at('assistant-start')).toBeGreaterThan(at('play') + 400)
  expect(at('caller-start')).toBeGreaterThan(at('assistant-start'))
  call.hangUp()
  await child.ended
})

test.concurrent('keys that are none are not sent, and Twilio says so', async () => {
  const { stand } = await start(
    { '/twiml': `<Dial><Number sendDigits="22,5">${colleague}</Number></Dial>` },
    { outcome: 'answers', afterMs: 20, script: [{ wait: 100 }, { hangup: true }] },
  )
  const { sid, warnings } = await ring(stand).ended
  const child = [...stand.calls.values()].find(({ parentSid }) => parentSid === sid)!
  expect(warnings).toMatchObject([{ code: 13222 }])
  expect(child.timeline.some(({ type }) => type === 'play')).toBe(false)
})

test.concurrent.each([
  ['accepts', '1', 'true'],
  ['declines', '2', 'false'],
])('a whisper is heard by the colleague alone, who %s', async (_, digit, bridged) => {
  const { stand, gateway, last } = await start(
    {
      '/twiml': `<Dial action="/dialled"><Number url="/whisper">${colleague}</Number></Dial>`,
      '/whisper': '<Gather numDigits="1" action="/choice"><Say>Press one</Say></Gather><Hangup/>',
      '/choice': ({ params }) => (params.Digits === '1' ? '' : '<Hangup/>'),
    },
    { outcome: 'answers', afterMs: 20, script: [{ dtmf: digit }, { wait: 200 }, { hangup: true }] },
  )
  const result = await ring(stand).ended
  const whisper = gateway.webhooks.find(({ path }) => path === '/whisper')!
  expect(whisper.params.ParentCallSid).toBe(result.sid)
  expect(last()).toMatchObject({ DialCallStatus: 'completed', DialBridged: bridged })
  expect(result.timeline.some(({ type }) => type === 'assistant-start')).toBe(false)
})

test.concurrent('legs in a conference hear each other; the room ends with the leg that ends it', async () => {
  const { stand, paths } = await start({
    '/twiml': '<Dial action="/left"><Conference endConferenceOnExit="true">room</Conference></Dial>',
  })
  const [first, second] = [ring(stand), ring(stand, { from: '+14155550198' })]
  await Promise.all([first.seen('conference'), second.seen('conference')])
  await first.play(tone(200))
  expect(await second.heardSpeech(1000)).toBe(true)
  first.hangUp()
  expect((await second.ended).status).toBe('completed')
  expect(paths().at(-1)).toBe('/left')
})
