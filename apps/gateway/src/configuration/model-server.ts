import type { RealtimeProviderOptions } from '@llc-phone/core'
import type { Env } from './env.ts'
import { agentFor } from './proxy.ts'

/** Where the model is and how it is asked: the same for a call and for a look at it. */
export const modelServerOf = (
  env: Env,
): Pick<RealtimeProviderOptions, 'url' | 'apiKey' | 'model' | 'dialect' | 'agent'> => ({
  url: env.OPENAI_REALTIME_URL,
  apiKey: env.OPENAI_API_KEY,
  model: env.OPENAI_MODEL,
  dialect: env.OPENAI_REALTIME_DIALECT,
  agent: agentFor(env.OPENAI_REALTIME_URL, env),
})
