import type { Expectation, Ideal, ModeName, Step } from '../situation.ts'
import { call, calls, says } from './say.ts'

/** What the common situations ask of one mode, in words that make sense there. */
export interface Asked {
  readonly accent: { readonly say: string; readonly ideal: Ideal; readonly tools: readonly string[] }
  readonly spanish: {
    readonly say: string
    readonly ideal: Ideal
    readonly tools: readonly string[]
    readonly args?: NonNullable<Expectation['args']>
  }
  /** A sentence that breaks off, and the question for its other half. */
  readonly half: { readonly say: string; readonly question: string; readonly tools: readonly string[] }
  readonly correction: { readonly caller: readonly Step[]; readonly expect: Expectation }
  /** What may be called beside hang_up when somebody takes their leave. */
  readonly partingTools: readonly string[]
}

const transfer = (destination: string, reason: string, then: string): Ideal =>
  calls(call('transfer_call', { destination, reason }), then)

export const asked: Readonly<Record<ModeName, Asked>> = {
  ivr: {
    accent: {
      say: 'Hello, here is José Luis Hernández, I have question for the bill.',
      ideal: transfer('billing', 'a question about a bill', 'I am connecting you with the billing department.'),
      tools: ['transfer_call'],
    },
    spanish: {
      say: 'Buenos días, necesito hablar con alguien sobre una factura, por favor.',
      ideal: transfer('billing', 'una factura', 'Con mucho gusto, le comunico con el departamento de facturación.'),
      tools: ['transfer_call'],
      args: { transfer_call: { destination: 'billing' } },
    },
    half: {
      say: 'Could you please connect me with the',
      question: 'With whom may I connect you?',
      tools: ['report_unclear?'],
    },
    correction: {
      caller: [
        {
          say: 'Please connect me with sales.',
          ideal: transfer(
            'sales',
            'asked for sales',
            'One moment please, I am connecting you with the sales department.',
          ),
        },
        {
          say: 'No, sorry, I mean billing.',
          during: 'goodbye',
          ideal: transfer('billing', 'asked for billing', 'I am connecting you with the billing department.'),
          expect: { calls: ['transfer_call'], questions: [0, 0] },
        },
      ],
      expect: { calls: ['transfer_call'], end: 'transferred', to: 'billing' },
    },
    partingTools: [],
  },
  receptionist: {
    accent: {
      say: 'Hello, here is José Luis Hernández, the practice manager is in the house today?',
      ideal: calls(
        call('check_availability', { person_or_department: 'practice manager' }),
        'Yes, Anna Meyer takes calls now. What is it about?',
      ),
      tools: ['check_availability', 'transfer_call?'],
    },
    spanish: {
      say: 'Buenos días, no hablo inglés. ¿Está la señora Anna Meyer, por favor?',
      ideal: calls(
        call('check_availability', { person_or_department: 'Anna Meyer' }),
        'Sí, la señora Meyer está. ¿Quién llama, por favor?',
      ),
      tools: ['check_availability', 'transfer_call?'],
      args: { check_availability: { person_or_department: /meyer/i } },
    },
    half: {
      say: 'I would like to leave a message for',
      question: 'For whom is the message?',
      tools: [],
    },
    correction: {
      caller: [
        {
          say: 'I am Dana Fields, I want a message taken for Anna Meyer. My number is four one five, five five five, zero one three two.',
          ideal: says('Your number is four one five, five five five, zero one three two. What is the message?'),
        },
        {
          say: 'Stop, the end is wrong, it is zero one three nine.',
          during: 'reply',
          ideal: says('Four one five, five five five, zero one three nine. Is that right?'),
          expect: {
            said: [/(?:0|zero|oh)[ ,.-]*(?:1|one)[ ,.-]*(?:3|three)[ ,.-]*(?:9|nine)/i],
            unsaid: [/(?:0|zero|oh)[ ,.-]*(?:1|one)[ ,.-]*(?:3|three)[ ,.-]*(?:2|two)/i],
          },
        },
      ],
      expect: { calls: ['check_availability?'] },
    },
    partingTools: [],
  },
  csr: {
    accent: {
      say: 'Hello, here is José Luis Hernández, which services you have?',
      ideal: says('We offer dental cleaning and check-ups. Would you like an appointment?'),
      tools: ['lookup_customer?', 'find_open_slots?'],
    },
    spanish: {
      say: 'Buenos días, no hablo inglés. ¿Qué citas libres hay para una limpieza dental?',
      ideal: calls(
        call('find_open_slots', { service: 'dental cleaning' }),
        'Hay una cita libre por la mañana y otra por la tarde. ¿Qué hora le va bien?',
      ),
      tools: ['find_open_slots'],
      args: { find_open_slots: { service: /clean|limpieza/i } },
    },
    half: {
      say: 'I would like to have a check-up on the',
      question: 'On which day would you like your check-up?',
      tools: ['find_open_slots?'],
    },
    correction: {
      caller: [
        {
          say: 'When do you have time for a dental cleaning?',
          ideal: calls(
            call('find_open_slots', { service: 'dental cleaning' }),
            'For a cleaning I have two times that are free. Which of these would you like?',
          ),
        },
        {
          say: 'No, wait, I mean a check-up.',
          during: 'reply',
          ideal: calls(
            call('find_open_slots', { service: 'check-up' }),
            'For a check-up there are two times. Which one would you like?',
          ),
          expect: { calls: ['find_open_slots'], said: [/check-?\s?up/i] },
        },
      ],
      expect: { calls: ['find_open_slots'], args: { find_open_slots: { service: /check/i } } },
    },
    partingTools: ['add_call_note?'],
  },
  outbound: {
    accent: {
      say: 'Yes, here is speaking José Luis Hernández, is good moment.',
      ideal: says('Thank you. Will you come to your appointment?'),
      tools: [],
    },
    spanish: {
      say: 'Perdone, no hablo inglés. ¿Puede decirme en español por qué me llama?',
      ideal: says('Le llamo de parte de Harbor Dental por una cita. ¿Es usted la señora Fields?'),
      tools: [],
    },
    half: {
      say: 'Could we perhaps move it to the',
      question: 'To which day would you like to move it?',
      tools: ['find_open_slots?'],
    },
    correction: {
      caller: [
        {
          say: 'This is Dana Fields. I cannot come then, could we make it on Tuesday instead?',
          ideal: says('You would like to come on Tuesday instead. Let me note that for my colleagues, one moment.'),
        },
        {
          say: 'Sorry, no, I mean Wednesday.',
          during: 'reply',
          ideal: says('On Wednesday, then. Is that right?'),
          expect: { said: [/wednesday/i], unsaid: [/tuesday/i] },
        },
      ],
      expect: { calls: ['find_open_slots?', 'report_outcome?', 'add_call_note?'] },
    },
    partingTools: ['report_outcome?', 'add_call_note?'],
  },
}
