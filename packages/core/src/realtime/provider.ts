import type { Agent } from 'node:http'
import { systemClock, type Clock } from '../clock.ts'
import type { ModelConnection, ModelProvider, ModelQuota } from '../model.ts'
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
  /** How long a session lives at most (ms), where the server does not say that it is less; an hour when absent. */
  readonly sessionLimitMs?: number
  readonly clock?: Clock
  /** HTTP agent for the connections, such as a proxy's; direct when absent. */
  readonly agent?: Agent | undefined
  /** Called when `auto` has changed the dialect. */
  onDialect?(name: Dialect['name']): void
  /** Called once for each field, such as `session.prompt_cache_key`, that the server has refused and that is left out. */
  onLeftOut?(field: string): void
  /** Called when the server says something about limits that all calls share. */
  onQuota?(quota: ModelQuota): void
}

/** The provider, which can also tell which settings it sends. */
export interface RealtimeProvider extends ModelProvider {
  /** The settings sent for these wishes, in the present dialect. */
  profile(wishes: ModelWishes): ModelProfile
}

/** How long a session at OpenAI lives at most. */
const HOUR_MS = 3_600_000
/** How often to reconnect to a server that closes on a refused field, each time without that field. */
const MAX_ASKED_ANEW = 4

/** OpenAI has refused the flat dialect since 2026-05-12, so `auto` never changes to it there. */
const isOpenAi = (url: string): boolean => /(^|\.)openai\.com$/.test(new URL(url).hostname)

/** A provider for the Realtime API or a compatible server. Remembers the dialect that `auto` found and the fields that were refused. */
export const realtimeProvider = (options: RealtimeProviderOptions): RealtimeProvider => {
  let dialect: Dialect = options.dialect === 'flat' ? flat : ga
  const negotiable = options.dialect === 'auto' && !isOpenAi(options.url)
  const { url, apiKey, model, clock = systemClock, sessionLimitMs = HOUR_MS, agent } = options
  const leftOut = createLeftOut((field) => options.onLeftOut?.(field))

  return {
    name: 'realtime',
    can: { truncate: true, deleteItem: true, cancel: true, turnEvents: true, pace: 'burst', idle: 'free' },
    profile: (wishes) => profileOf(model, dialect, wishes),
    connect(config, listener, purpose) {
      let askedAnew = 0
      const open = (spoken: Dialect, mayChange: boolean): ModelConnection =>
        openConnection({
          url,
          apiKey,
          model,
          dialect: spoken,
          config,
          listener,
          caller: purpose?.caller,
          isSpare: purpose?.isSpare,
          clock,
          sessionLimitMs,
          leftOut,
          onClosedOver() {
            if (++askedAnew > MAX_ASKED_ANEW) return false
            Object.assign(connection, open(spoken, mayChange))
            return true
          },
          agent,
          onQuota: (quota) => options.onQuota?.(quota),
          ...(mayChange
            ? {
                onShapeRefused() {
                  const other = spoken === ga ? flat : ga
                  dialect = other
                  // Fields refused in the wrong dialect may be accepted in this one.
                  leftOut.forget()
                  options.onDialect?.(other.name)
                  Object.assign(connection, open(other, false))
                  return true
                },
              }
            : {}),
        })
      const connection = open(dialect, negotiable)
      return connection
    },
  }
}
