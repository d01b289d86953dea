import type { LanguageFile } from './language-file.ts'

/** Spanish, as it is understood on both sides of the Atlantic; callers are addressed with usted. */
export const es: LanguageFile = {
  name: 'Spanish',
  assistant: 'asistente virtual con inteligencia artificial',
  style: `Language: Spanish, with usted. You are told facts, and what to say, in English: put all of it into Spanish, with dates, times and numbers as people say them. Switch when the caller wishes it or speaks a whole sentence of another language; an accent, a foreign name, a single word or noise is no such wish.
Words for colleagues, in whatever a tool takes: in Spanish.`,
  phrases: {
    oneMoment: 'Un momento, por favor.',
    stillHere: 'Gracias por esperar. Sigo aquí.',
    sayAgain: 'Perdón, ¿podría repetirlo?',
  },
  sentences: {
    unavailable: 'Lo sentimos, en este momento no podemos atender su llamada.',
    interrupted: 'Lo sentimos, el asistente tiene que dejar esta llamada ahora.',
    leaveMessage: 'Por favor, deje un mensaje después del tono.',
    connecting: 'Espere, por favor, mientras le comunicamos.',
    callLater: 'Por favor, vuelva a llamar dentro de unos minutos. Adiós.',
    calleeApology: 'Lo sentimos, tenemos un problema técnico. Le llamaremos más tarde. Adiós.',
    nobodyThere: 'En este momento no hay nadie disponible. Por favor, vuelva a llamar más tarde. Adiós.',
    personGone: 'La otra persona ha dejado la llamada. Si necesita algo más, por favor, vuelva a llamar. Adiós.',
    messageStored: 'Gracias. Hemos grabado su mensaje. Adiós.',
    messageEmpty: 'No hemos oído ningún mensaje. Por favor, vuelva a llamar más tarde. Adiós.',
    messageLost: 'Lo sentimos, no hemos podido guardar su mensaje. Por favor, vuelva a llamar más tarde. Adiós.',
    personAsked: 'Una llamada para {label}. {introduction} Pulse 1 para aceptar la llamada.',
    handedOver: 'Alguien de su equipo le pide que atienda esta llamada.',
    personDeclined: 'De acuerdo. Adiós.',
    personFailed: 'Lo sentimos, no ha funcionado. Adiós.',
    callerGone: 'La persona que llamaba ha colgado. Adiós.',
  },
  greetings: {
    ivr: 'Gracias por llamar a {business}. Le atiende el asistente virtual con inteligencia artificial. ¿Con quién desea hablar?',
    receptionist:
      '{timeOfDay}, gracias por llamar a {business}. Le atiende el asistente virtual con inteligencia artificial. ¿En qué puedo ayudarle?',
    csr: 'Hola, {firstName}, gracias por llamar a {business}. Le atiende el asistente virtual con inteligencia artificial. ¿En qué puedo ayudarle hoy?',
  },
  timesOfDay: [
    { fromHour: 5, words: 'Buenos días' },
    { fromHour: 12, words: 'Buenas tardes' },
    { fromHour: 20, words: 'Buenas noches' },
  ],
  labels: { operator: 'la recepción', voicemail: 'nuestro buzón de voz' },
  outbound: {
    identity: 'Hola, le habla el asistente virtual con inteligencia artificial de {business}',
    identityNamed: 'Hola, le habla {agent}, asistente virtual con inteligencia artificial de {business}',
    opening: '{identity}. Le llamo {reason}. ¿Es un buen momento?',
    screening: '{identity}. Llamo {reason}.',
    message: '{identity}. {message}',
    callBack: '{screening} Por favor, devuélvanos la llamada a este número.',
    reasons: {
      matter: 'por un asunto breve',
      matterForYou: 'por un asunto breve',
      about: 'para hablar de {purpose}',
      appointment: 'por una cita',
      askedForCall: 'para devolverle la llamada, como nos pidió',
      askedForCallScreening: 'para devolver una llamada',
      survey: 'para hacer una breve encuesta',
      oneQuestion: 'para hacerle una pregunta breve sobre {topic}',
      questions: 'para hacerle {count} preguntas breves sobre {topic}',
    },
  },
}
