import type { Disposition, Transfer } from '@llc-phone/core'

/** Something that happens in a conversation, in order. */
export type Step =
  /** The assistant speaks; `heard` is the share that was heard when the caller interrupts. */
  | { readonly assistant: string; readonly heard?: number; readonly slowMs?: number }
  | { readonly caller: string }
  /** A sound that was taken for noise. */
  | { readonly noiseMs: number }
  | { readonly tool: string; readonly input: unknown; readonly result: unknown; readonly failed?: true }
  | { readonly transfer: Omit<Transfer, 'atMs'>; readonly ringsMs: number }
  | { readonly problem: string; readonly message: string }
  | { readonly note: string; readonly by: string }

/** What two people could have said to one another, and what came of it. */
export interface Conversation {
  readonly instance: 'menu' | 'frontDesk' | 'customerService' | 'reminders'
  readonly steps: readonly Step[]
  readonly ends: Disposition
  /** How often it happens, beside the others. */
  readonly weight: number
  readonly scenario?: string
}

const MENU = 'Thank you for calling Harbor Dental. You are speaking with the AI assistant. How can I direct your call?'
const DESK = 'Good morning, Harbor Dental, this is the AI assistant at the front desk. How can I help you?'
const SERVICE = 'Hello Anna, thank you for calling Harbor Dental. This is the AI assistant. How can I help you today?'
const STRANGER = 'Thank you for calling Harbor Dental. This is the AI assistant. How can I help you today?'
const bridged = (route: string, label: string, number: string, reason: string): Step => ({
  transfer: { kind: 'cold', route, label, number, reason, outcome: 'bridged' },
  ringsMs: 6_500,
})

/** The one that the picture of a call shows: interrupted, with tools. */
export const shownConversation: Conversation = {
  instance: 'customerService',
  weight: 0,
  ends: 'assistant_hung_up',
  steps: [
    { assistant: SERVICE },
    { caller: 'I have to move my cleaning on Friday.' },
    {
      tool: 'get_appointments',
      input: { customer_id: 'cus-1' },
      result: { appointments: [{ id: 'apt-1', service: 'dental cleaning', at: 'Friday, November 20 at 1:30 PM' }] },
    },
    {
      assistant:
        'No problem. Your dental cleaning is on Friday at half past one. I can look for another time this week, or, if you prefer the mornings, in the week after Thanksgiving.',
      heard: 0.52,
    },
    { caller: 'Next Tuesday, please, after lunch.' },
    {
      tool: 'find_open_slots',
      input: { service: 'dental cleaning', from: '2026-11-24T13:00' },
      result: {
        slots: [
          { id: 'slot-1', at: 'Tuesday, November 24 at 2:00 PM' },
          { id: 'slot-2', at: 'Tuesday, November 24 at 3:15 PM' },
        ],
      },
    },
    { assistant: 'On Tuesday I have two o’clock or a quarter past three.' },
    { noiseMs: 420 },
    { caller: 'Two o’clock is perfect.' },
    {
      tool: 'reschedule_appointment',
      input: { appointment_id: 'apt-1', slot_id: 'slot-1' },
      result: { status: 'moved', at: 'Tuesday, November 24 at 2:00 PM' },
    },
    { assistant: 'Done. Your cleaning is now on Tuesday, November 24, at two o’clock.' },
    { caller: 'Thank you, goodbye.' },
    { tool: 'hang_up', input: {}, result: { status: 'after the goodbye' } },
    { assistant: 'You are welcome, Anna. Goodbye.' },
  ],
}

/** What callers usually want, and what goes wrong. */
export const conversations: readonly Conversation[] = [
  {
    instance: 'menu',
    weight: 6,
    ends: 'transferred',
    steps: [
      { assistant: MENU },
      { caller: 'I have a question about my bill.' },
      { assistant: 'I will connect you with billing.' },
      bridged('billing', 'the billing department', '+14155550113', 'a question about a bill'),
    ],
  },
  {
    instance: 'menu',
    weight: 4,
    ends: 'transferred',
    steps: [
      { assistant: MENU, heard: 0.55 },
      { caller: 'Appointments, please.' },
      { assistant: 'One moment, I will connect you with the scheduling desk.' },
      bridged('scheduling', 'the scheduling desk', '+14155550114', 'an appointment'),
    ],
  },
  {
    instance: 'menu',
    weight: 3,
    ends: 'caller_hung_up',
    steps: [
      { assistant: MENU },
      { caller: 'What are your opening hours?' },
      {
        tool: 'look_up_answer',
        input: { question: 'opening hours' },
        result: { answer: 'Monday to Thursday 8 to 6, Friday 8 to 4' },
      },
      { assistant: 'We are open Monday to Thursday from eight to six, and on Fridays from eight to four.' },
      { caller: 'Great, thanks. Bye.' },
    ],
  },
  {
    instance: 'frontDesk',
    weight: 5,
    ends: 'assistant_hung_up',
    steps: [
      { assistant: DESK },
      { caller: 'Hi, can I leave a message for Dr. Lopez? My crown feels loose.' },
      {
        assistant:
          'Of course. May I have your name, and is the number you are calling from the right one to reach you?',
      },
      { caller: 'Daniel Brooks, and yes, this number is fine.' },
      {
        tool: 'take_message',
        input: {
          caller_name: 'Daniel Brooks',
          message: 'His crown feels loose. Please call back.',
          for: 'Dr. Lopez',
          urgency: 'urgent',
        },
        result: { status: 'stored' },
      },
      { assistant: 'I have noted it for Dr. Lopez as urgent, and she will call you back. Is there anything else?' },
      { caller: 'No, that is all. Goodbye.' },
      { tool: 'hang_up', input: {}, result: { status: 'after the goodbye' } },
      { assistant: 'Thank you for calling, Mr. Brooks. Goodbye.' },
    ],
  },
  {
    instance: 'frontDesk',
    weight: 5,
    ends: 'caller_hung_up',
    steps: [
      { assistant: DESK },
      { caller: 'Where can I park when I come in?' },
      {
        tool: 'look_up_answer',
        input: { question: 'Where can I park?' },
        result: { answer: 'Behind the building; the entrance is on Mill Street.' },
      },
      {
        assistant: 'You can park behind the building. The entrance is on Mill Street, and there are usually',
        heard: 0.7,
      },
      { caller: 'Is it free?' },
      { assistant: 'Yes, for patients it is free for two hours.' },
      { caller: 'Perfect, thank you.' },
    ],
  },
  {
    instance: 'frontDesk',
    weight: 4,
    ends: 'transferred',
    steps: [
      { assistant: DESK },
      { caller: 'Could I speak to Anna Meyer about an invoice?' },
      {
        tool: 'check_availability',
        input: { person_or_department: 'Anna Meyer' },
        result: { status: 'available', route: 'support' },
      },
      { assistant: 'I will see whether she is free. One moment, please.' },
      {
        transfer: {
          kind: 'warm',
          route: 'support',
          label: 'Anna Meyer',
          number: '+14155550112',
          reason: 'A caller has a question about an invoice.',
          outcome: 'bridged',
        },
        ringsMs: 11_000,
      },
    ],
  },
  {
    instance: 'frontDesk',
    weight: 2,
    ends: 'assistant_hung_up',
    steps: [
      { assistant: DESK },
      { caller: 'Is Dr. Lopez there?' },
      { assistant: 'I will see whether she can take your call.' },
      {
        transfer: {
          kind: 'warm',
          route: 'scheduling',
          label: 'Dr. Elena Lopez',
          number: '+14155550114',
          reason: 'A patient would like to talk to her.',
          outcome: 'no_answer',
        },
        ringsMs: 19_000,
      },
      { assistant: 'She does not answer at the moment. May I take a message?' },
      { caller: 'Please have her call Maria Santos about the X-ray.' },
      {
        tool: 'take_message',
        input: {
          caller_name: 'Maria Santos',
          message: 'About the X-ray. Please call back.',
          for: 'Dr. Lopez',
          urgency: 'normal',
        },
        result: { status: 'stored' },
      },
      { assistant: 'I will pass that on. Goodbye, Ms. Santos.' },
    ],
  },
  {
    instance: 'customerService',
    weight: 6,
    ends: 'assistant_hung_up',
    steps: [
      { assistant: STRANGER },
      { caller: 'Hello, I would like to book a check-up.' },
      {
        tool: 'find_open_slots',
        input: { service: 'check-up' },
        result: { slots: [{ id: 'slot-1', at: 'Thursday at 9:30 AM' }] },
      },
      { assistant: 'The next free time for a check-up is Thursday at half past nine. Does that suit you?' },
      { caller: 'Yes, that works.' },
      { tool: 'book_appointment', input: { slot_id: 'slot-1' }, result: { status: 'booked' } },
      { assistant: 'You are booked for Thursday at half past nine. We look forward to seeing you.' },
      { caller: 'Thanks, bye.' },
      { tool: 'hang_up', input: {}, result: { status: 'after the goodbye' } },
      { assistant: 'Goodbye.' },
    ],
  },
  {
    instance: 'customerService',
    weight: 4,
    ends: 'caller_hung_up',
    steps: [
      { assistant: STRANGER },
      { caller: 'When is my next appointment?' },
      {
        tool: 'get_appointments',
        input: { customer_id: 'cus-1' },
        result: { appointments: [{ service: 'check-up', at: 'Monday, November 23 at 1:30 PM' }] },
      },
      { assistant: 'Your check-up is on Monday, November 23, at half past one.' },
      { caller: 'Okay, thanks.' },
    ],
  },
  {
    instance: 'customerService',
    weight: 2,
    ends: 'operator_hung_up',
    steps: [
      { assistant: STRANGER },
      { caller: 'I want to complain about my last visit.' },
      { assistant: 'I am sorry to hear that. What has happened?' },
      { caller: 'I waited for an hour, and nobody told me why.' },
      { note: 'Offer her the first slot tomorrow, we will not charge it.', by: 'Sam Ortiz' },
      {
        assistant:
          'I understand, an hour is far too long. We would like to offer you the first time tomorrow, at no charge.',
      },
      { caller: 'Well, all right, that is kind.' },
    ],
  },
  {
    instance: 'frontDesk',
    weight: 2,
    ends: 'voicemail',
    steps: [
      {
        assistant:
          'Good evening, Harbor Dental, this is the AI assistant. We are closed at the moment. How can I help you?',
      },
      { caller: 'I would rather talk to a machine that records me.' },
      { assistant: 'Of course. Please speak after the tone.' },
      {
        transfer: {
          kind: 'voicemail',
          route: 'voicemail',
          label: 'our voicemail',
          reason: 'wants to leave a recording',
          outcome: 'recorded',
        },
        ringsMs: 18_000,
      },
    ],
  },
  {
    instance: 'customerService',
    weight: 1,
    ends: 'fallback',
    steps: [
      { assistant: STRANGER },
      { caller: 'I would like to change my address.' },
      { problem: 'model_lost', message: 'The connection to the model broke off.' },
      {
        transfer: {
          kind: 'fallback',
          route: 'support',
          label: 'the support desk',
          number: '+14155550112',
          reason: 'model_lost',
          outcome: 'bridged',
        },
        ringsMs: 5_000,
      },
    ],
  },
  {
    instance: 'frontDesk',
    weight: 1,
    ends: 'assistant_hung_up',
    steps: [
      { assistant: DESK },
      { caller: 'Do you take my insurance?' },
      {
        tool: 'look_up_answer',
        input: { question: 'Which insurance do you take?' },
        result: { error: 'tool_failed' },
        failed: true,
      },
      { problem: 'tool_failed', message: 'look_up_answer: the answers could not be read in time.' },
      {
        assistant: 'I cannot look that up right now. The billing department will check your plan and call you back.',
        slowMs: 1_400,
      },
      { caller: 'Fine. Goodbye.' },
      { assistant: 'Goodbye.' },
    ],
  },
  { instance: 'menu', weight: 2, ends: 'caller_hung_up', steps: [{ assistant: MENU, heard: 0.4 }] },
]

/** Calls that we place. */
export const reminders: readonly Conversation[] = [
  {
    instance: 'reminders',
    weight: 5,
    ends: 'assistant_hung_up',
    scenario: 'confirmation',
    steps: [
      { caller: 'Hello?' },
      {
        assistant:
          'Hello, this is the AI assistant of Harbor Dental. I am calling about your cleaning tomorrow at half past one. Can you make it?',
      },
      { caller: 'Yes, I will be there.' },
      { tool: 'report_outcome', input: { outcome: 'confirmed' }, result: { status: 'noted' } },
      { assistant: 'Wonderful. See you tomorrow, goodbye.' },
    ],
  },
  {
    instance: 'reminders',
    weight: 2,
    ends: 'caller_hung_up',
    scenario: 'callback',
    steps: [
      { caller: 'Yes, hello?' },
      {
        assistant:
          'Hello, this is the AI assistant of Harbor Dental, calling you back as you asked. Is this a good moment?',
      },
      { caller: 'It is, but I have sorted it out already. Thank you!' },
    ],
  },
  {
    instance: 'reminders',
    weight: 2,
    ends: 'answering_machine',
    scenario: 'confirmation',
    steps: [
      {
        assistant:
          'This is Harbor Dental. We are calling about your appointment tomorrow. Please call us back at your convenience.',
      },
    ],
  },
]
