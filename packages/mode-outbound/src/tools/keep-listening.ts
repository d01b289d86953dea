import { keepListeningTool, type Tool } from '@llc-phone/core'

/**
 * Lets the assistant stay silent on an outbound call: on noise, during a recorded greeting before its tone, and during call
 * screening, where the callee may be listening. `screened` is all that the screening voice is told.
 */
export const keepListening = (screened: string): Tool =>
  keepListeningTool({
    forRecordings: `Before the tone of a recording, for "tone". When a recorded voice asks who is calling or why, first say only "${screened}", then call it for "person", and again whenever the recording talks on. When the person comes, do not begin again: ask whether it is a good moment, and go on. If nobody is available, call hang_up; asked for a message, do as with a recorded greeting.`,
  })
