import type { LanguageFile } from './language-file.ts'

/** English. */
export const en: LanguageFile = {
  name: 'English',
  assistant: 'AI assistant',
  style:
    'Language: English. Switch when the caller wishes it or speaks a whole sentence of another language; an accent, a foreign name, a single word or noise is no such wish.',
  phrases: {
    oneMoment: 'One moment, please.',
    stillHere: 'Thank you for waiting. I am still here.',
    sayAgain: 'Sorry, could you say that again?',
  },
  sentences: {
    unavailable: 'We are sorry, we cannot take your call at the moment.',
    interrupted: 'We are sorry, the assistant has to leave this call now.',
    leaveMessage: 'Please leave a message after the tone.',
    connecting: 'Please hold while we connect you.',
    callLater: 'Please call again in a few minutes. Goodbye.',
    calleeApology: 'We are sorry, there is a technical problem. We will try again later. Goodbye.',
    nobodyThere: 'Nobody is available right now. Please call again later. Goodbye.',
    personGone: 'The other side has left the call. If you need anything else, please call again. Goodbye.',
    messageStored: 'Thank you. Your message has been recorded. Goodbye.',
    messageEmpty: 'We have not heard a message. Please call again later. Goodbye.',
    messageLost: 'We are sorry, your message could not be stored. Please call again later. Goodbye.',
    personAsked: 'A call for {label}. {introduction} Press 1 to take the call.',
    handedOver: 'A colleague of yours asks you to take this caller.',
    personDeclined: 'All right. Goodbye.',
    personFailed: 'We are sorry, that did not work. Goodbye.',
    callerGone: 'The caller has hung up. Goodbye.',
  },
  greetings: {
    ivr: 'Thank you for calling {business}. You are speaking with the AI assistant. How can I direct your call?',
    receptionist: '{timeOfDay}, thank you for calling {business}. This is the AI assistant. How may I help you?',
    csr: 'Hello {firstName}, thank you for calling {business}. This is the AI assistant. How can I help you today?',
  },
  timesOfDay: [
    { fromHour: 4, words: 'Good morning' },
    { fromHour: 12, words: 'Good afternoon' },
    { fromHour: 17, words: 'Good evening' },
  ],
  labels: { operator: 'the operator', voicemail: 'our voicemail' },
  outbound: {
    identity: 'Hello, this is the AI assistant of {business}',
    identityNamed: 'Hello, this is {agent}, the AI assistant of {business}',
    opening: '{identity}, calling {reason}. Is this a good moment?',
    screening: '{identity}, calling {reason}.',
    message: '{identity}. {message}',
    callBack: '{screening} Please call us back on this number.',
    reasons: {
      matter: 'with a short matter',
      matterForYou: 'with a short matter for you',
      about: 'about {purpose}',
      appointment: 'about an appointment',
      askedForCall: 'you back as you asked',
      askedForCallScreening: 'back as asked',
      survey: 'with a short survey',
      oneQuestion: 'with one short question about {topic}',
      questions: 'with {count} short questions about {topic}',
    },
  },
}
