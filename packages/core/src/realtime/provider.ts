import type { Agent } from 'node:http'
import { systemClock, type Clock } from '../clock.ts'
import type { ModelConnection, ModelProvider } from '../model.ts'
import type { ModelWishes } from '../tuning.ts'
import { openConnection } from './connection.ts'
import type { Dialect } from './dialect.ts'
import { flat } from './flat.ts'
import { ga } from './ga.ts'
import { createLeftOut } from './left-out.ts'
import { profileOf, type ModelProfile } from './profile.ts'

export interface RealtimeProviderOptions {
  /** `wss://…/v1/realtime`; `?model=` is appended. */
  readonly url: string
  readonly apiKey: string
  readonly model: string
  /** `auto` starts with `ga` and changes once when the server definitely refuses its shape. */
  readonly dialect: 'auto' | 'ga' | 'flat'
  readonly clock?: Clock
  /** Makes the connections, as through a proxy; otherwise they go directly. */
  readonly agent?: Agent | undefined
  /** Told when `auto` has found the server's dialect. */
  onDialect?(name: Dialect['name']): void
  /** Told once of each field, such as `session.prompt_cache_key`, that the server has refused and that calls go without. */
  onLeftOut?(field: string): void
}

/** The provider, which also tells what it would send. */
export interface RealtimeProvider extends ModelProvider {
  /** What calls with these wishes send of them, in the dialect that is spoken now. */
  profile(wishes: ModelWishes): ModelProfile
}

/** How often a server that closes at a refusal is asked anew, each time without what it has refused. */
const MAX_ASKED_ANEW = 4

/** OpenAI has refused the flat shape since 2026-05-12: there it is only ever sent when set by hand. */
const isOpenAi = (url: string): boolean => /(^|\.)openai\.com$/.test(new URL(url).hostname)

/** The Realtime API, or any server that speaks one of its dialects. What `auto` learns, and what the server refuses by name, is remembered for the URL. */
export const realtimeProvider = (options: RealtimeProviderOptions): RealtimeProvider => {
  let dialect: Dialect = options.dialect === 'flat' ? flat : ga
  const negotiable = options.dialect === 'auto' && !isOpenAi(options.url)
  const { url, apiKey, model, clock = systemClock, agent } = options
  const leftOut = createLeftOut((field) => options.onLeftOut?.(field))

  return {
    name: 'realtime',
    can: { truncate: true, deleteItem: true, cancel: true, turnEvents: true, pace: 'burst', idle: 'free' },
    profile: (wishes) => profileOf(model, dialect, wishes),
    connect(config, listener, caller) {
      let askedAnew = 0
      const open = (spoken: Dialect, mayChange: boolean): ModelConnection =>
        openConnection({
          url,
          apiKey,
          model,
          dialect: spoken,
          config,
          listener,
          caller,
          clock,
          leftOut,
          onClosedOver() {
            if (++askedAnew > MAX_ASKED_ANEW) return false
            current = open(spoken, mayChange)
            return true
          },
          agent,
          ...(mayChange
            ? {
                onShapeRefused() {
                  const other = spoken === ga ? flat : ga
                  dialect = other
                  // What the wrong shape was refused says nothing about this one.
                  leftOut.forget()
                  options.onDialect?.(other.name)
                  current = open(other, false)
                  return true
                },
              }
            : {}),
        })
      let current = open(dialect, negotiable)
      return {
        send: (command) => current.send(command),
        appendAudio: (payload) => current.appendAudio(payload),
        close: () => current.close(),
      }
    },
  }
}
