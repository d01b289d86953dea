import type { AddressInfo } from 'node:net'
import { openStore } from '@llc-phone/database'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  createMessageDelivery,
  destinationFindings,
  type DeliveryProblem,
  type DeliverySettings,
  type MessageDestination,
} from '../src/index.ts'
import { eventually, movableClock, receiver, secret, temporaryDatabase } from './support.ts'

const message = {
  callId: 'call-1',
  callerName: 'Dana Fields',
  callerNumber: '+14155550199',
  text: 'Please move my appointment. Ünïcode, too.',
  urgency: 'urgent',
} as const

/** A mail server on this machine; `refuse` turns down the first messages. */
const mailServer = async ({ refuse = 0 } = {}) => {
  const mails: string[] = []
  let left = refuse
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      let mail = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => (mail += chunk))
      stream.on('end', () => {
        if (left-- > 0) return callback(Object.assign(new Error('try later'), { responseCode: 451 }))
        mails.push(mail)
        callback()
      })
    },
  })
  const listening = server.listen(0, '127.0.0.1')
  await new Promise((resolve) => listening.once('listening', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = listening.address() as AddressInfo
  const email = { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'desk@example.com' }
  return { mails, email, mailed: { destinations: [{ to: 'team@example.com' }], secrets: { email } } }
}

let url: string

beforeEach(() => {
  const database = temporaryDatabase()
  url = database.url
  return database.remove
})

/** One process: a store, a delivery and its own time. */
const startDelivery = async (settings: {
  readonly destinations?: readonly MessageDestination[]
  readonly secrets?: DeliverySettings['secrets']
  readonly timeZone?: string
}) => {
  let { destinations = [] } = settings
  const store = await openStore({ url })
  const { clock, advance } = movableClock()
  const problems: DeliveryProblem[] = []
  const delivery = createMessageDelivery({
    destinations: () => destinations,
    secrets: settings.secrets ?? {},
    timeZone: () => settings.timeZone ?? 'UTC',
    messages: store.messages,
    clock,
    onProblem: (problem) => void problems.push(problem),
  })
  delivery.start()
  let ended: Promise<void> | undefined
  const end = () => (ended ??= delivery.stop().then(() => store.close()))
  onTestFinished(end)
  return {
    ...delivery,
    store,
    problems,
    advance,
    end,
    /** As after a publication of the settings. */
    publish: (next: readonly MessageDestination[]) => (destinations = next),
    /** Everything that is still to be sent, whenever. */
    pending: () => store.messages.pendingDeliveries(new Date('2100-01-01')),
  }
}

/** Settings with one webhook. */
const posted = (to: string) => ({
  destinations: [{ to }],
  secrets: { webhookSecret: secret, webhooksHere: 'any' as const },
})

const isIdle = (delivery: Awaited<ReturnType<typeof startDelivery>>) => eventually(() => delivery.pending()).toEqual([])

describe('a webhook', () => {
  it('gets the stored message, signed as Standard Webhooks say', async () => {
    const { received, url: hook } = await receiver(204)
    const delivery = await startDelivery(posted(hook))
    const { id } = await delivery.messages.take(message)
    await isIdle(delivery)
    expect(received).toHaveLength(1)
    const { headers, body } = received[0]!
    const signed = headers as Record<string, string>
    expect(signed['webhook-id']).toBe(id)
    // Their own library, with its check of the age, is the judge.
    const { type, data } = new Webhook(secret).verify(body, signed) as { type: string; data: object }
    expect([type, data]).toEqual(['message.taken', { id, createdAt: expect.any(String), kind: 'message', ...message }])
    expect(() => new Webhook(secret).verify(body.replace('Dana', 'Dora'), signed)).toThrow()
    expect(() => new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`).verify(body, signed)).toThrow()
    expect(delivery.problems).toEqual([])
  })

  it('that fails is tried again, later each time, under the same id', async () => {
    const { received, url: hook } = await receiver(503, 500, 200)
    const delivery = await startDelivery(posted(hook))
    const { id } = await delivery.messages.take(message)
    await eventually(() => delivery.problems.length).toBe(1)
    await delivery.advance(29_000)
    expect(received).toHaveLength(1)
    await delivery.advance(12_000)
    await eventually(() => delivery.problems.length).toBe(2)
    await delivery.advance(130_000)
    await isIdle(delivery)
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id, id])
    const target = `webhook at ${new URL(hook).host}`
    expect(delivery.problems).toEqual([
      { messageId: id, target, attempts: 1, gaveUp: false, cause: 'HTTP 503' },
      { messageId: id, target, attempts: 2, gaveUp: false, cause: 'HTTP 500' },
    ])
  })

  it('that never works is given up after more than a day, and the message is kept', async () => {
    const delivery = await startDelivery(posted('http://127.0.0.1:1/'))
    await delivery.messages.take(message)
    for (let attempt = 1; attempt <= 10; attempt++) {
      await eventually(() => delivery.problems.length).toBe(attempt)
      const pending = await delivery.pending()
      if (pending[0]) await delivery.advance(pending[0].nextAttemptAt.getTime() - Date.now() + 11_000)
    }
    expect(delivery.problems.map(({ gaveUp }) => gaveUp)).toEqual([...Array(9).fill(false), true])
    expect(delivery.problems.at(-1)).toMatchObject({ attempts: 10, cause: expect.stringMatching(/^(ECONN|failed)/) })
    expect(await delivery.pending()).toEqual([])
    expect(await delivery.store.messages.list()).toHaveLength(1)
  }, 20_000)

  it('is not followed elsewhere', async () => {
    const { received, url: hook } = await receiver(307)
    const delivery = await startDelivery(posted(hook))
    await delivery.messages.take(message)
    await eventually(() => delivery.problems.length).toBe(1)
    expect(received).toHaveLength(1)
  })

  it('that hangs does not hold up the call, nor the end of the process', async () => {
    const { received, url: hook } = await receiver('hang')
    const delivery = await startDelivery(posted(hook))
    await delivery.messages.take(message)
    await eventually(() => received.length).toBe(1)
    const stopped = delivery.end()
    await delivery.advance(5_000)
    await stopped
    const { received: later, url: next } = await receiver(200)
    const successor = await startDelivery(posted(next))
    await isIdle(successor)
    expect(later[0]!.headers['webhook-id']).toBe(received[0]!.headers['webhook-id'])
  })
})

describe('what a process leaves', () => {
  it('of an earlier version is sent to the first destination of its kind', async () => {
    const store = await openStore({ url })
    const { id } = await store.messages.take(message)
    await store.database.run(`UPDATE messages SET deliver_to = 'webhook+email', attempts = 2, next_attempt_at = 1`)
    await store.close()
    const { received, url: hook } = await receiver(200)
    const delivery = await startDelivery(posted(hook))
    await eventually(() => received.map(({ headers }) => headers['webhook-id'])).toEqual([id])
    await eventually(() => delivery.problems).toMatchObject([{ target: 'email', attempts: 3 }])
  })

  it('is sent by the next one, at its time', async () => {
    const first = await startDelivery(posted((await receiver(500)).url))
    const { id } = await first.messages.take(message)
    await eventually(() => first.problems.length).toBe(1)
    await first.end()
    const { received, url: hook } = await receiver(200)
    const second = await startDelivery(posted(hook))
    await second.advance(15_000)
    expect(received).toEqual([])
    await second.advance(30_000)
    await isIdle(second)
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([id])
  })

  it('for a destination that is gone is sent to those that are there', async () => {
    const mail = await mailServer()
    const email = { ...mail.email, smtpUrl: 'smtp://127.0.0.1:1' }
    const first = await startDelivery({ ...mail.mailed, secrets: { email } })
    const { id } = await first.messages.take(message)
    await eventually(() => first.problems.length).toBe(1)
    await first.end()
    const { received, url: hook } = await receiver(200)
    const second = await startDelivery(posted(hook))
    await second.advance(60_000)
    await isIdle(second)
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([id])
    expect(second.problems).toMatchObject([{ target: 'team@example.com', gaveUp: true, attempts: 1 }])
  })

  it('is tried until it is given up while nothing is configured', async () => {
    const first = await startDelivery(posted((await receiver(500)).url))
    await first.messages.take(message)
    await eventually(() => first.problems.length).toBe(1)
    await first.end()
    const second = await startDelivery({})
    await second.advance(60_000)
    await eventually(() => second.problems).toMatchObject([
      { cause: 'not configured: messages do not go there any more', attempts: 2, gaveUp: false },
    ])
  })
})

/** The lines of a mail's text, as its reader sees them. */
const bodyOf = (mail: string): string[] => {
  const [head = '', ...rest] = mail.split('\r\n\r\n')
  const raw = rest.join('\r\n\r\n').trimEnd()
  const encoding = /^content-transfer-encoding: (\S+)/im.exec(head)?.[1]
  const text =
    encoding === 'base64'
      ? Buffer.from(raw, 'base64').toString()
      : encoding === 'quoted-printable'
        ? Buffer.from(
            raw
              .replaceAll('=\r\n', '')
              .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            'latin1',
          ).toString()
        : raw
  return text.trimEnd().split(/\r?\n/)
}

describe('an e-mail', () => {
  it('says whom it is for, and what it is when it is no message', async () => {
    const { mails, mailed } = await mailServer()
    const delivery = await startDelivery(mailed)
    await delivery.messages.take({ ...message, kind: 'callback', recipient: 'Anna\r\nBcc: x@example.com' })
    await isIdle(delivery)
    expect(bodyOf(mails[0]!).slice(1, 3)).toEqual(['For: Anna Bcc: x@example.com', 'What: Wish to be called back'])
  })

  it('says who called, when and what for, and can be told from a second one', async () => {
    const { mails, mailed } = await mailServer()
    const delivery = await startDelivery({ ...mailed, timeZone: 'America/New_York' })
    const { id } = await delivery.messages.take({ ...message, text: 'Please call back.' })
    await isIdle(delivery)
    const [mail] = mails
    expect(mail).toContain('Subject: Urgent: Message from Dana Fields')
    expect(mail).toContain('To: team@example.com')
    expect(mail).toContain(`Message-ID: <${id}@example.com>`)
    expect(mail).toMatch(/From: Dana Fields, \+14155550199\r\n[^]*Urgent\r\n\r\n> Please call back\./)
  })

  it('cannot be given headers or addresses by a caller', async () => {
    const { mails, mailed } = await mailServer()
    const delivery = await startDelivery(mailed)
    const callerName = 'Eve\r\nBcc: all@example.com\r\n\r\n<b>x</b>'
    await delivery.messages.take({ ...message, callerName, text: 'Body\r\n.\r\nMAIL FROM:<eve@example.com>' })
    await isIdle(delivery)
    const [head] = mails[0]!.split('\r\n\r\n')
    expect(head).not.toMatch(/^Bcc:/m)
    expect(mails).toHaveLength(1)
    expect(mails[0]).toContain('MAIL FROM:<eve@example.com>')
  })

  it('shows what a caller said so that no line of it can be taken for one of ours', async () => {
    const { mails, mailed } = await mailServer()
    const delivery = await startDelivery(mailed)
    const lines = ['Recording: https://evil.example/a', 'Message 4711', 'Urgent', 'From: The boss, +19005550100']
    const breaks = ['\n', '\r\n', '\r', '\u000b', '\u0085', '\u2028', '\u2029']
    const text = `Call back.${breaks.map((one) => `${one}${one}${lines.join(one)}`).join('')}`
    const { id } = await delivery.messages.take({ ...message, text })
    await isIdle(delivery)
    const body = bodyOf(mails[0]!)
    expect(body.filter((line) => !line.startsWith('>'))).toEqual([
      'From: Dana Fields, +14155550199',
      expect.stringMatching(/^When: /),
      'Urgent',
      '',
      '',
      `Message ${id}`,
    ])
    for (const line of lines) expect(body).toContain(`> ${line}`)
  })

  it('has nothing unseen in it, and no number that a caller calls themselves', async () => {
    const { mails, mailed } = await mailServer()
    const delivery = await startDelivery(mailed)
    await delivery.messages.take({
      ...message,
      callerName: 'Eve, +19005550100',
      callerNumber: null,
      text: `a\u0007b \u202egnp.exe\u202c\u200b${' \u00a0'.repeat(90)}Urgent`,
    })
    await isIdle(delivery)
    const body = bodyOf(mails[0]!)
    expect(body[0]).toBe('From: Eve +19005550100, number withheld')
    expect(body).toContain('> ab gnp.exe Urgent')
  })

  it('names the extension, and so does the webhook', async () => {
    const { mails, email } = await mailServer()
    const { received, url: hook } = await receiver(200)
    const delivery = await startDelivery({
      destinations: [{ to: 'team@example.com' }, { to: hook }],
      secrets: { email, webhookSecret: secret, webhooksHere: 'any' as const },
    })
    await delivery.messages.take({ ...message, callerExtension: '22' })
    await isIdle(delivery)
    expect(bodyOf(mails[0]!)[0]).toBe('From: Dana Fields, +14155550199 ext. 22')
    expect(JSON.parse(received[0]!.body)).toMatchObject({
      data: { callerNumber: '+14155550199', callerExtension: '22' },
    })
  })

  it('that is refused is sent again, and the webhook beside it is not', async () => {
    const { mails, email } = await mailServer({ refuse: 1 })
    const { received, url: hook } = await receiver(200)
    const delivery = await startDelivery({
      destinations: [{ to: 'team@example.com' }, { to: hook }],
      secrets: { email, webhookSecret: secret, webhooksHere: 'any' as const },
    })
    await delivery.messages.take(message)
    await eventually(() => delivery.problems).toMatchObject([{ target: 'team@example.com', cause: 'EMESSAGE 451' }])
    await delivery.advance(45_000)
    await isIdle(delivery)
    expect([mails.length, received.length]).toEqual([1, 1])
  })
})

describe('settings', () => {
  it('without a receiver only store', async () => {
    const delivery = await startDelivery({})
    await delivery.messages.take(message)
    expect(await delivery.pending()).toEqual([])
    expect(await delivery.store.messages.list()).toHaveLength(1)
  })

  it.each([
    ['webhookSecret', { webhookSecret: 'whsec_c2hvcnQ=' }],
    ['email.smtpUrl', { email: { smtpUrl: 'mail.example.com', from: 'a@example.com' } }],
    ['email.from', { email: { smtpUrl: 'smtps://user:pass@mail.example.com', from: 'desk' } }],
  ])('with a wrong %s are refused, and never repeated', (path, secrets) => {
    const messages = { take: async () => ({ id: '' }) } as unknown as DeliverySettings['messages']
    const create = () => createMessageDelivery({ messages, destinations: () => [], secrets })
    expect(create).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(`${path}: `) }),
    )
    expect(create).not.toThrow(/user:pass|c2hvcnQ/)
  })

  it.each([
    'http://example.com/hook',
    'http://169.254.169.254/',
    'https://user:pass@example.com/',
    'http://[::ffff:8.8.8.8]/',
    // The keys of the machine in a cloud, however the address is written.
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://0xa9.0xfe.0xa9.0xfe/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fe80::1]/',
    'https://metadata.google.internal/',
    'HTTP://LOCALHOST.example.com/',
    'http://127.0.0.1.example.com/',
    'http://0.0.0.0:2375/containers/create',
  ])('that would post to %s are an error, and nothing is posted there', async (to) => {
    expect(destinationFindings([{ to }], { webhookSecret: secret })).toEqual([
      { path: 'messages.0.to', message: expect.stringContaining('https:'), severity: 'error' },
    ])
    const delivery = await startDelivery(posted(to))
    await delivery.messages.take(message)
    await eventually(() => delivery.problems[0]?.cause).toMatch(/^not configured: .*https:/)
  })

  it.each([
    'http://127.0.0.1:2375/containers/x/stop',
    'http://localhost:9090/-/quit',
    'https://[::1]/',
    'http://2130706433/',
  ])('that would post to a program of this machine, %s, are an error unless the environment names it', async (to) => {
    const secrets = { webhookSecret: secret, webhooksHere: ['http://127.0.0.1:5678'] }
    expect(destinationFindings([{ to }], secrets)).toEqual([
      { path: 'messages.0.to', message: expect.stringContaining('MESSAGE_WEBHOOK_URL'), severity: 'error' },
    ])
    expect(destinationFindings([{ to }], { ...secrets, webhooksHere: 'any' as const })).toEqual([])
    expect(destinationFindings([{ to: 'http://127.0.0.1:5678/other' }], secrets)).toEqual([])
    const delivery = await startDelivery({ destinations: [{ to }], secrets })
    await delivery.messages.take(message)
    await eventually(() => delivery.problems[0]?.cause).toMatch(/^not configured: .*MESSAGE_WEBHOOK_URL/)
  })

  it('without the secret of a destination are a warning, and the message waits for it', async () => {
    const destinations = [{ to: 'https://crm.example.com/x' }, { to: 'desk@example.com' }]
    expect(destinationFindings(destinations, {})).toEqual([
      { path: 'messages.0.to', message: expect.stringContaining('MESSAGE_WEBHOOK_SECRET'), severity: 'warning' },
      { path: 'messages.1.to', message: expect.stringContaining('MESSAGE_EMAIL_SMTP_URL'), severity: 'warning' },
    ])
    const delivery = await startDelivery({ destinations })
    const { id } = await delivery.messages.take(message)
    await eventually(() => delivery.problems.length).toBe(2)
    const listed = await delivery.store.messageList.find(id)
    expect(listed?.deliveries).toMatchObject([
      { destination: 'desk@example.com', attempts: 1, problem: expect.stringContaining('MESSAGE_EMAIL_FROM') },
      { destination: 'https://crm.example.com/x', attempts: 1, nextAttemptAt: expect.any(Date) },
    ])
  })

  it('that leave messages for nobody without a destination are a warning', () => {
    const found = destinationFindings([{ to: 'https://a.example.com/', for: ['Anna'] }], { webhookSecret: secret })
    expect(found).toMatchObject([{ path: 'messages', severity: 'warning' }])
  })
})

describe('several destinations', () => {
  it('get what is for them, by the name the caller said and how urgent it is', async () => {
    const hooks = await Promise.all([receiver(200), receiver(200), receiver(200)])
    const [all, anna, urgent] = hooks.map(({ url: to }) => to)
    const delivery = await startDelivery({
      destinations: [{ to: all! }, { to: anna!, for: ['Anna Meyer', 'Sales'] }, { to: urgent!, urgentOnly: true }],
      secrets: { webhookSecret: secret, webhooksHere: 'any' as const },
    })
    const normal = { ...message, urgency: 'normal' } as const
    await delivery.messages.take({ ...normal, text: 'a' })
    await delivery.messages.take({ ...normal, text: 'b', recipient: 'Anna' })
    await delivery.messages.take({ ...normal, text: 'c', recipient: 'the sales department' })
    await delivery.messages.take({ ...normal, text: 'd', recipient: 'Ben' })
    await delivery.messages.take({ ...message, text: 'e', recipient: 'Ms. Meyer' })
    await isIdle(delivery)
    const texts = hooks.map(({ received }) =>
      received.map(({ body }) => (JSON.parse(body) as { data: { text: string } }).data.text).toSorted(),
    )
    expect(texts).toEqual([['a', 'b', 'c', 'd', 'e'], ['b', 'c'], ['e']])
  })

  it('that were corrected get what waits, when it is due, and what is sent again by hand', async () => {
    const [old, next] = [await receiver(503), await receiver(200)]
    const delivery = await startDelivery(posted(old.url))
    const { id } = await delivery.messages.take(message)
    await eventually(() => delivery.problems.length).toBe(1)
    delivery.publish([{ to: next.url }])
    await delivery.advance(45_000)
    await isIdle(delivery)
    expect([old.received.length, next.received.length]).toEqual([1, 1])
    expect(await delivery.again({ id, urgency: 'urgent' })).toEqual([`webhook at ${new URL(next.url).host}`])
    await eventually(() => next.received.length).toBe(2)
    expect(next.received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id])
  })

  it('are not asked about a message that does not exist', async () => {
    const delivery = await startDelivery(posted((await receiver(200)).url))
    expect(await delivery.again({ id: 'none', urgency: 'normal' })).toBeUndefined()
  })
})
