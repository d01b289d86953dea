import type { Line } from '@llc-phone/core'
import type { CallControl } from './call-control.ts'
import type { MediaSockets } from './media/sockets.ts'

/** Twilio as a line. Twilio asks for the next instruction when its media stream is over; only ending a leg is sent to it. */
export const createLine = (
  callControl: Pick<CallControl, 'hangUp' | 'ringPerson' | 'dropPerson' | 'look' | 'fetchBack'>,
  sockets: Pick<MediaSockets, 'end'>,
): Line => ({
  name: 'twilio',
  can: { marks: true, sendsKeys: true, records: true, ringsPersons: true, detectsMachines: true },
  async follow(call, { kind }) {
    // Ending the leg ends its stream. If ending fails, Twilio asks when the stream is over, and is answered with a hang-up.
    try {
      if (kind === 'hangUp') await callControl.hangUp(call)
      else sockets.end(call.callId)
    } catch (error) {
      sockets.end(call.callId)
      throw error
    }
    return 'asks'
  },
  ringPerson: callControl.ringPerson,
  dropPerson: callControl.dropPerson,
  look: callControl.look,
  fetchBack: callControl.fetchBack,
})
