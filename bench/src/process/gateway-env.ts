import { join } from 'node:path'

/** What the gateway under test is configured with. */
export const AUTH_TOKEN = 'bench-auth-token'
export const ADMIN_TOKEN = 'bench-admin-token-of-some-length'
export const ACCOUNT_SID = `AC${'0'.repeat(32)}`
export const NUMBERS = { IVR_DID: '+14155550101', RECEPTIONIST_DID: '+14155550102', CSR_DID: '+14155550103' }

/** All that the production start of the gateway wants to have. */
export const gatewayEnv = (
  port: number,
  modelUrl: string,
  restUrl: string,
  databaseDir: string,
): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  // As `pnpm start` has it.
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  PORT: String(port),
  HOST: '127.0.0.1',
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  OPENAI_API_KEY: 'sk-bench',
  OPENAI_REALTIME_URL: modelUrl,
  TWILIO_ACCOUNT_SID: ACCOUNT_SID,
  TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  TWILIO_PHONE_NUMBER: '+14155550100',
  TWILIO_API_URL: restUrl,
  DATABASE_URL: `file:${join(databaseDir, 'bench.db')}`,
  ADMIN_TOKEN,
  ...NUMBERS,
  SALES_NUMBER: '+14155550111',
  SUPPORT_NUMBER: '+14155550112',
  BILLING_NUMBER: '+14155550113',
  SCHEDULING_NUMBER: '+14155550114',
  LOG_LEVEL: 'error',
  // What is measured is not how many calls are let in.
  MAX_CALLS: '100000',
  MAX_STARTS_PER_SECOND: '100000',
  MAX_LOOP_DELAY_MS: '60000',
  MAX_CALLS_PER_CALLER: '100000',
  MAX_STARTS_PER_CALLER: '100000',
})
