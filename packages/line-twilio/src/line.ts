import type { Line } from '@llc-phone/core'
import type { CallControl } from './call-control.ts'
import type { MediaSockets } from './media/sockets.ts'

/** Twilio as a line: it is told nothing but to end a leg; otherwise it asks, once its media stream is over. */
export const createLine = (
  callControl: Pick<CallControl, 'hangUp' | 'sayGoodbye' | 'ringPerson' | 'dropPerson'>,
  sockets: Pick<MediaSockets, 'end'>,
): Line => ({
  name: 'twilio',
  can: { marks: true, sendsKeys: true, records: true, ringsPersons: true, detectsMachines: true },
  async follow(call, { kind }) {
    // The stream of a leg that was ended ends with it; of one that could not be, Twilio asks, and is told to hang up.
    try {
      if (kind === 'hangUp') await callControl.hangUp(call)
      else sockets.end(call.callId)
    } catch (error) {
      sockets.end(call.callId)
      throw error
    }
    return 'asks'
  },
  sayGoodbye: (call) => callControl.sayGoodbye(call, 'drain'),
  ringPerson: callControl.ringPerson,
  dropPerson: callControl.dropPerson,
})
