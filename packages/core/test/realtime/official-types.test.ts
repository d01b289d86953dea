import type { RealtimeClientEvent, RealtimeServerEvent, SessionUpdateEvent } from 'openai/resources/realtime/realtime'
import { expectTypeOf, it } from 'vitest'
import type { ClientEvent, IgnoredServerEvent, ServerEvent } from '../../src/realtime/protocol.ts'

it('sends nothing the official client could not send', () => {
  type Ours = Exclude<ClientEvent, { type: 'session.update' }>
  expectTypeOf<Ours['type']>().toExtend<RealtimeClientEvent['type']>()
  expectTypeOf<SessionUpdateEvent['type']>().toEqualTypeOf<'session.update'>()
  type Create = Extract<ClientEvent, { type: 'conversation.item.truncate' }>
  type Theirs = Extract<RealtimeClientEvent, { type: 'conversation.item.truncate' }>
  expectTypeOf<keyof Create>().toExtend<keyof Theirs>()
})

it('knows every event the official client knows, and no other', () => {
  expectTypeOf<Exclude<ServerEvent['type'], RealtimeServerEvent['type']>>().toEqualTypeOf<never>()
  expectTypeOf<Exclude<RealtimeServerEvent['type'], ServerEvent['type'] | IgnoredServerEvent>>().toEqualTypeOf<never>()
})
