import {
  defineMode,
  e164,
  fillIn,
  fixed,
  hangUpTool,
  spokenStyle,
  transferTool,
  warmTransferTool,
  wordsIn,
  type CallOptions,
  type Language,
  type Message,
} from '@llc-phone/core'
import type { ConfigureOptions, GatewayConfig } from '../../gateway.config.ts'
import { readyModes } from './ready-modes.ts'

/** One number of the switchboard: its own person to ring, so that calls can go on beside each other. */
export interface Extension {
  readonly did: string
  readonly person: string
  /** Keys behind the person's number. */
  readonly keys?: string
  /** What its assistant speaks; English when absent. */
  readonly language?: Language
}

/** The extension of test case `n`. */
export const extension = (n: number, language?: Language): Extension => ({
  did: `+141555501${String(n).padStart(2, '0')}`,
  person: `+141555501${String(n + 50)}`,
  ...(language === undefined ? {} : { language }),
})

/** What a switchboard has been told to keep. */
export interface Switchboard {
  readonly messages: Message[]
  configure(options: ConfigureOptions): Promise<GatewayConfig>
}

/** A mode with core's own tools only: cold, warm, voicemail, hang-up. `refuses` are callers whose messages the disk does not take. */
export const switchboard = (
  extensions: readonly Extension[],
  { refuses = [], options = {} }: { readonly refuses?: readonly string[]; readonly options?: CallOptions } = {},
): Switchboard => {
  const kept: Message[] = []
  return {
    messages: kept,
    async configure({ store }) {
      const messages = {
        async take(message: Message) {
          if (refuses.includes(message.callerNumber ?? '')) throw new Error('disk full')
          const stored = await store.messages.take(message)
          kept.push(message)
          return stored
        },
      }
      return {
        messages,
        ...readyModes({
          modes: Object.fromEntries(extensions.map((each) => [`menu${each.did.slice(1)}`, modeOf(each)])),
          numbers: extensions.map(({ did }) => [did, `menu${did.slice(1)}`, options] as const),
          unknown: `menu${extensions[0]!.did.slice(1)}`,
        }),
      }
    },
  }
}

const modeOf = ({ person, keys, language }: Extension) => {
  const reach = { number: e164(person), ...(keys === undefined ? {} : { extension: keys }) }
  const routes = {
    sales: { ...reach, label: 'the sales team', when: 'orders' },
    billing: { ...reach, label: 'the billing department', when: 'bills' },
    voicemail: { voicemail: true, label: 'our voicemail', when: 'messages' },
  } as const
  return defineMode({
    name: 'switchboard',
    language,
    prompt: [fixed('Role', 'You connect callers.'), fixed('How you speak', spokenStyle)],
    greeting: () =>
      language === undefined
        ? 'This is the switchboard. Whom would you like to talk to?'
        : fillIn(wordsIn(language).greetings.ivr, { business: 'Puerto' }),
    routes,
    tools: [transferTool(routes), warmTransferTool(routes), hangUpTool()],
  })
}
