import { keepListeningTool, type Tool } from '@llc-phone/core'

/**
 * How an assistant that has called says nothing: to noise, to a recorded greeting before its tone, and to call screening,
 * where the person whose telephone asks for us listens, and comes or does not. `screened` is all that the recorded voice is
 * told then.
 */
export const keepListening = (screened: string): Tool =>
  keepListeningTool({
    forRecordings: `Before the tone of a recording, for "tone". When a recorded voice asks who is calling or why, first say only "${screened}", then call it for "person", and again whenever the recording talks on. When the person comes, do not begin again: ask whether it is a good moment, and go on. If nobody is available, call hang_up; asked for a message, do as with a recorded greeting.`,
  })
