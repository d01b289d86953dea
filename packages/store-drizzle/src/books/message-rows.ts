import { readTelephone, telephoneText, type Message, type StoredMessage } from '@llc-phone/core'
import type { StoreTables } from '../schema/store-tables.ts'

/** A row of the table of messages. */
export type MessageRow = StoreTables['messages']['$inferSelect']

/** Number and extension in one column, so that a reader of the table can call back. */
export const telephoneOf = ({ callerNumber, callerExtension }: Pick<Message, 'callerNumber' | 'callerExtension'>) =>
  callerNumber && telephoneText({ number: callerNumber, extension: callerExtension })

const callerOf = (column: string | null): Pick<Message, 'callerNumber' | 'callerExtension'> => {
  const { number, extension } = column?.includes(' ') ? (readTelephone(column) ?? {}) : {}
  return { callerNumber: number ?? column, ...(extension === undefined ? {} : { callerExtension: extension }) }
}

/** A row as a message. */
export const messageOf = (row: MessageRow): StoredMessage => ({
  id: row.id,
  createdAt: row.createdAt,
  callId: row.callId,
  callerName: row.callerName,
  ...callerOf(row.callerNumber),
  text: row.text,
  urgency: row.urgency,
  ...(row.kind === 'message' ? {} : { kind: row.kind }),
  ...(row.recipient === null ? {} : { recipient: row.recipient }),
  ...(row.route === null ? {} : { route: row.route }),
  ...(row.recordingUrl === null ? {} : { recordingUrl: row.recordingUrl }),
  ...(row.recordingId === null ? {} : { recordingId: row.recordingId }),
  ...(row.idempotencyKey === null ? {} : { idempotencyKey: row.idempotencyKey }),
})
