/** Conference rooms: everybody in a room hears everybody else. */
import { connectLines } from './line.ts'
import { newSid, type Leg, type Member, type Room } from './world.ts'

/** How somebody comes into a room. */
export interface Joining {
  name: string
  label: string | undefined
  muted: boolean
  endsRoom: boolean
  report: ((event: string, params: Record<string, string>) => void) | undefined
}

/** Puts a leg into the room, which is made when it is the first. `left` resolves when it is out again. */
export function joinRoom(leg: Leg, joining: Joining): { left: Promise<void>; leave(): void } {
  const { rooms } = leg.world
  const room: Room = rooms.get(joining.name) ?? { sid: newSid('CF'), name: joining.name, members: new Map() }
  rooms.set(room.name, room)
  const { promise: left, resolve } = Promise.withResolvers<void>()
  const parts: (() => void)[] = []
  const report = (event: string): void =>
    joining.report?.(event, { ConferenceSid: room.sid, FriendlyName: room.name, CallSid: leg.sid })

  const member: Member = {
    leg,
    label: joining.label,
    muted: joining.muted,
    hold: false,
    endsRoom: joining.endsRoom,
    leave() {
      if (!room.members.delete(leg.sid)) return
      for (const part of parts) part()
      leg.log({ type: 'conference', name: room.name, text: 'left' })
      report('participant-leave')
      if (member.endsRoom) for (const other of room.members.values()) other.leave()
      if (room.members.size === 0 && rooms.get(room.name) === room) {
        rooms.delete(room.name)
        report('conference-end')
      }
      resolve()
    },
  }
  const silent = (from: Member, to: Member) => () => from.muted || from.hold || to.hold
  for (const other of room.members.values()) {
    parts.push(connectLines(leg.line, other.leg.line, silent(member, other)))
    parts.push(connectLines(other.leg.line, leg.line, silent(other, member)))
  }
  room.members.set(leg.sid, member)
  leg.log({ type: 'conference', name: room.name, text: 'joined' })
  report('participant-join')
  if (room.members.size === 2) report('conference-start')
  return { left, leave: member.leave }
}
