import type { RealtimeProviderOptions } from '@llc-phone/core'
import type { Speaker } from '@llc-phone/phrases'
import type { Env } from './env.ts'
import { agentFor } from './proxy.ts'

/** How the model server is reached and asked; the same for calls and for the doctor. */
export const modelServerOf = (
  env: Env,
): Pick<RealtimeProviderOptions, 'url' | 'apiKey' | 'model' | 'dialect' | 'agent' | 'sessionLimitMs'> => ({
  url: env.OPENAI_REALTIME_URL,
  apiKey: env.OPENAI_API_KEY,
  model: env.OPENAI_MODEL,
  dialect: env.OPENAI_REALTIME_DIALECT,
  sessionLimitMs: env.MODEL_SESSION_MINUTES * 60_000,
  agent: agentFor(env.OPENAI_REALTIME_URL, env),
})

/** Who speaks to callers: a recording of one is not played for another. */
export const speakerOf = (env: Env): Speaker => ({
  model: env.OPENAI_MODEL,
  server: `${env.OPENAI_REALTIME_URL} ${env.OPENAI_REALTIME_DIALECT}`,
})
