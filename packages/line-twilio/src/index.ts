export { examineAccount, examineSignature } from './doctor.ts'
export { restUrlOf, twilioAccount, twilioEnv, twilioEnvProblems, twilioSecrets } from './twilio-env.ts'
export { createTwilioLine, type TwilioLine, type TwilioServer } from './twilio-line.ts'
