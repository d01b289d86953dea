import { lengthText } from '../../parts/figures.ts'
import type { Act } from './story.ts'

/** What the page of a call says. */
export const words = {
  lanes: {
    sound: 'Recording',
    caller: 'Caller',
    assistant: 'Assistant',
    tools: 'Tools',
    call: 'Call',
    people: 'Colleagues',
    turns: 'Delay',
  },
  legend: {
    heard: 'heard by the caller',
    cut: 'cut, not heard',
    spoke: 'caller spoke',
    noise: 'taken for noise',
    kept: 'kept, answered after the greeting',
    unsent: 'generated, never sent',
    silent: 'interrupted: told to be silent after · silent in the ear after',
  },
  timelineLabel: 'What was heard, in time; shown as a table below',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  who: {
    caller: 'Caller',
    assistant: 'Assistant',
    tool: 'Tool',
    problem: 'Problem',
    transfer: 'Transfer',
    note: 'Note',
    act: 'Colleague',
  },
  noise: 'noise, went on',
  kept: 'kept, answered after the greeting',
  nothingYet: 'Nothing said yet.',
  nothingSaid: 'Nothing was said in this call.',
  wordsDeleted: 'What was said is deleted: it is kept for as long as KEEP_TRANSCRIPTS_DAYS says.',
  notThere:
    'There is no such call. It may have been deleted with all that was kept of its caller, or the address is incomplete.',
  recording: 'Recording: the caller left, what they heard of the assistant right',
  recordingGone: 'The recording cannot be played any more.',
  withheld: 'a withheld number',
  interrupted: 'interrupted',
  notHeardAtAll: 'not heard at all',
  toolDataGone: 'What was asked and answered is not kept (KEEP_TOOL_DATA, 30 days).',
  oldCall:
    'This call was recorded by an earlier version: noise, phases and the moment of falling silent are not known.',
  setUp: {
    answer: 'webhook answered',
    open: 'model connected',
    created: 'session created',
    ready: 'session configured',
    delta: 'greeting generated',
    media: 'caller connected',
    frame: 'first sound sent',
  },
} as const

/** What a colleague did, in a sentence; `to`: the label of the route. What was told to the assistant stands behind it. */
export const actText = ({ kind, by, atMs, endedMs }: Act, to?: string): string => {
  if (kind === 'note') return `note by ${by}`
  if (kind === 'transfer') return `${by} transfers the caller to ${to ?? 'a route'}`
  return endedMs === undefined ? `${by} listens in` : `${by} listened in for ${lengthText(endedMs - atMs)}`
}
