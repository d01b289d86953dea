export type { InnerCarrier } from './accounts.ts'
export { examineAccount, examineSignature } from './doctor.ts'
export {
  differencesOf,
  readNumberWebhooks,
  setNumberWebhooks,
  type Difference,
  type NumberAtTwilio,
} from './number-webhooks.ts'
export { openRecording, type OpenRecording } from './recordings.ts'
export { callOfToken, isTokenOf } from './media/signed-tokens.ts'
export { restUrlOf, twilioAccount, twilioEnv, twilioEnvProblems, twilioSecrets } from './twilio-env.ts'
export { createTwilioLine, type TwilioLine, type TwilioServer } from './twilio-line.ts'
