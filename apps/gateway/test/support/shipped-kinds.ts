import { csrKind, type CustomerStore } from '@llc-phone/mode-csr'
import { ivrKind } from '@llc-phone/mode-ivr'
import { outboundKind } from '@llc-phone/mode-outbound'
import { receptionistKind } from '@llc-phone/mode-receptionist'

const nobodyAsks = async (): Promise<never> => {
  throw new Error('no call is made in this test')
}

const messages = { take: nobodyAsks }

/** A port that has every function. */
const anyPort = new Proxy({}, { get: () => nobodyAsks })

/** The shipped kinds, with ports that nothing may ask: for documents that are built and not called. */
export const shippedKinds = {
  kinds: [ivrKind(), receptionistKind({ messages }), csrKind({ customers: anyPort as CustomerStore, messages })],
  outboundKinds: [
    outboundKind({
      doNotCall: { add: nobodyAsks },
      notes: { add: nobodyAsks },
      appointments: () => ({ openSlots: nobodyAsks, book: nobodyAsks }),
    }),
  ],
}
