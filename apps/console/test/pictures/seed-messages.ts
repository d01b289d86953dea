import type { MessageKind } from '@llc-phone/core'
import type { Store } from '@llc-phone/store'
import { stopClock } from './clock.ts'
import type { Conversation } from './conversations.ts'
import { daysBefore, NOW } from './moments.ts'
import type { Random } from './random.ts'
import { keepCall } from './seed-calls.ts'
import { storyOf } from './story-of.ts'

const WEBHOOK = 'https://crm.harbordental.example/calls'
const EMAIL = 'frontdesk@harbordental.example'

/** Where the messages of the pictures go. */
export const DESTINATIONS = [WEBHOOK, EMAIL] as const

interface Left {
  readonly days: number
  readonly time: string
  readonly from: string
  readonly number: string | null
  readonly text: string
  readonly for?: string
  readonly kind?: MessageKind
  readonly urgent?: true
  readonly doneBy?: string
  readonly assignedTo?: string
  /** What became of the webhook; it was delivered when nothing is said. */
  readonly webhook?: 'retried' | 'gaveUp'
}

const LEFT: readonly Left[] = [
  {
    days: 5,
    time: '09:50',
    from: 'Helen Wu',
    number: '+16175550121',
    text: 'Would like a copy of her X-rays before she moves.',
    for: 'Dr. Lopez',
    doneBy: 'Sam Ortiz',
  },
  {
    days: 5,
    time: '16:22',
    from: 'Robert Hale',
    number: '+17815550164',
    text: 'Asks whether the payment of October has arrived.',
    for: 'billing',
    doneBy: 'Anna Meyer',
    webhook: 'gaveUp',
  },
  {
    days: 4,
    time: '19:31',
    from: 'Caller',
    number: '+18575550133',
    text: 'Recorded after hours, 0:41.',
    kind: 'recording',
    doneBy: 'Sam Ortiz',
  },
  {
    days: 2,
    time: '11:14',
    from: 'Irene Castillo',
    number: '+13395550152',
    text: 'Please call back about the estimate for two implants.',
    kind: 'callback',
    doneBy: 'Sam Ortiz',
  },
  {
    days: 1,
    time: '14:47',
    from: 'Tom Becker',
    number: '+16175550148',
    text: 'His night guard is broken. Tuesday or Thursday would suit him.',
    kind: 'callback',
    doneBy: 'Sam Ortiz',
  },
  {
    days: 1,
    time: '16:05',
    from: 'Leila Haddad',
    number: '+15085550117',
    text: 'She comes by on Friday to sign the form for her son.',
    kind: 'visit',
    assignedTo: 'Sam Ortiz',
  },
  {
    days: 0,
    time: '08:58',
    from: 'Maria Santos',
    number: '+18575550171',
    text: 'About the X-ray of last week. Please call back today if possible.',
    for: 'Dr. Lopez',
    kind: 'callback',
    assignedTo: 'Elena Lopez',
  },
  {
    days: 0,
    time: '09:36',
    from: 'Northside Dental Supply',
    number: '+17815550109',
    text: 'The order of gloves comes on Friday instead of Thursday.',
    for: 'Anna Meyer',
    webhook: 'retried',
  },
  {
    days: 0,
    time: '10:12',
    from: 'George Anderson',
    number: null,
    text: 'Wants to know whether crowns are covered by his plan. He will call again.',
    for: 'billing',
  },
  {
    days: 0,
    time: '11:03',
    from: 'Daniel Brooks',
    number: '+16175550142',
    text: 'A crown came loose while he was eating, and it hurts. Asks for a time today.',
    for: 'Dr. Lopez',
    urgent: true,
  },
]

/** The call in which somebody leaves this. */
const leavingOf = ({ from, text, for: whom, urgent }: Left): Conversation => ({
  instance: 'frontDesk',
  weight: 0,
  ends: 'assistant_hung_up',
  steps: [
    { assistant: 'Good morning, Harbor Dental, this is the AI assistant at the front desk. How can I help you?' },
    { caller: `Hello, this is ${from}. Can I leave a message${whom === undefined ? '' : ` for ${whom}`}?` },
    { assistant: 'Of course, please go ahead.' },
    { caller: text },
    {
      tool: 'take_message',
      input: {
        caller_name: from,
        message: text,
        ...(whom === undefined ? {} : { for: whom }),
        urgency: urgent ? 'urgent' : 'normal',
      },
      result: { status: 'stored' },
    },
    { assistant: `Thank you, I have noted it${whom === undefined ? '' : ` for ${whom}`}. Is there anything else?` },
    { caller: 'No, thank you. Goodbye.' },
    { assistant: 'Goodbye.' },
  ],
})

/** Stores messages with their calls: to do and done, delivered, tried again and given up. */
export const seedMessages = async (store: Store, random: Random): Promise<void> => {
  const { messages, messageList } = store
  const add = async (left: Left): Promise<void> => {
    const startedAt = daysBefore(left.days, left.time)
    const call = {
      startedAt: new Date(startedAt),
      caller: left.number ?? undefined,
      dialled: '+14155550102',
      settingsVersion: left.days > 2 ? 2 : 3,
    }
    const { callId } = await keepCall(store, storyOf(leavingOf(left), call, random))
    stopClock([startedAt + 40_000])
    const { id } = await messages.take({
      callId,
      callerName: left.from,
      callerNumber: left.number,
      text: left.text,
      urgency: left.urgent ? 'urgent' : 'normal',
      kind: left.kind ?? 'message',
      ...(left.for === undefined ? {} : { recipient: left.for }),
      ...(left.kind === 'recording'
        ? { recordingUrl: 'https://api.twilio.com/recordings/RE1', recordingId: 'RE1' }
        : {}),
      deliverTo: DESTINATIONS,
    })
    stopClock([startedAt + 42_000])
    await messages.delivered({ messageId: id, destination: EMAIL })
    const toWebhook = { messageId: id, destination: WEBHOOK }
    if (left.webhook === 'gaveUp') await messages.deliveryFailed(toWebhook, null, 'HTTP 410')
    else if (left.webhook === 'retried') {
      for (let attempt = 0; attempt < 4; attempt++)
        // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
        await messages.deliveryFailed(toWebhook, new Date(NOW + 18 * 60_000), 'HTTP 503')
    } else await messages.delivered(toWebhook)
    if (left.assignedTo !== undefined) await messageList.change(id, { assignedTo: left.assignedTo }, 'Sam Ortiz')
    if (left.doneBy !== undefined) {
      stopClock([startedAt + 47 * 60_000])
      await messageList.change(id, { done: true }, left.doneBy)
    }
  }
  // oxlint-disable-next-line no-await-in-loop -- one clock for all
  for (const left of LEFT) await add(left)
}
