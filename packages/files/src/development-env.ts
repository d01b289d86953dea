/** Development values for exactly what is missing, so that a clone without accounts can make a call. */

/** The completed environment, and the services to simulate. */
export interface DevelopmentEnv {
  env: Record<string, string>
  simulated: ('openai' | 'twilio')[]
}

/** Fills in missing or empty variables; set ones stay unchanged. A service with a configured address is never simulated. */
export function developmentEnv(given: Record<string, string | undefined>): DevelopmentEnv {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) if (value) env[name] = value
  const fill = (values: Record<string, string>): void => {
    for (const [name, value] of Object.entries(values)) env[name] ??= value
  }
  const twilioNames = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_PHONE_NUMBER']
  const openai = !env.OPENAI_API_KEY && !env.OPENAI_REALTIME_URL
  const twilio = twilioNames.some((name) => !env[name]) && !env.TWILIO_API_URL

  fill({ PORT: '8081', HOST: '127.0.0.1' })
  const port = Number(env.PORT)
  fill({
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    OPENAI_API_KEY: 'sk-development-only',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'development-token-for-signatures',
    TWILIO_PHONE_NUMBER: '+14155550100',
    ADMIN_TOKEN: 'development',
    IVR_DID: '+14155550101',
    RECEPTIONIST_DID: '+14155550102',
    CSR_DID: '+14155550103',
    SALES_NUMBER: '+14155550111',
    SUPPORT_NUMBER: '+14155550112',
    BILLING_NUMBER: '+14155550113',
    SCHEDULING_NUMBER: '+14155550114',
  })
  if (openai) env.OPENAI_REALTIME_URL = `ws://127.0.0.1:${env.SIM_REALTIME_PORT ?? port + 2}/v1/realtime`
  if (twilio) env.TWILIO_API_URL = `http://127.0.0.1:${env.SIM_TWILIO_PORT ?? port + 1}`
  return { env, simulated: [...(openai ? (['openai'] as const) : []), ...(twilio ? (['twilio'] as const) : [])] }
}
