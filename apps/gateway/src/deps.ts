import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CallRegistry, GuardedProvider } from '@llc-phone/core'
import type { MessageDelivery } from '@llc-phone/delivery'
import type { Dialer } from '@llc-phone/dialer'
import type { OpenRecording } from '@llc-phone/line-twilio'
import type { CustomerDesk, CustomerList, ImportAnswer } from '@llc-phone/mode-csr'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import type {
  AuditBook,
  CallNotes,
  ContactBook,
  DoNotCallList,
  EventArchive,
  MessageList,
  NumberBook,
  OutboundLedger,
  PeopleBook,
  ProfileBook,
  SettingsBook,
  TurnedAwayBook,
} from '@llc-phone/store'
import type { KeptBackup } from '@llc-phone/database'
import type { FastifyPluginAsync } from 'fastify'
import type { Logger } from 'pino'
import type { CallFeed } from './watching/call-feed.ts'
import type { CallLog } from './watching/call-log.ts'
import type { Metrics } from './watching/metrics.ts'
import type { Traces } from './watching/traces.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { CallerForgetter } from './forget-caller.ts'
import type { Numbers } from './configuration/numbers.ts'
import type { OutboundModes } from './configuration/outbound.ts'
import type { Drafts } from './configuration/settings-draft.ts'
import type { Settings } from './configuration/settings.ts'
import type { Greetings } from './configuration/greetings.ts'
import type { Phrases } from './configuration/phrases.ts'
import type { Recordings } from './recording/recordings.ts'
import type { Statistics } from './statistics/statistics.ts'
import type { Doctor } from './doctor/doctor-inside.ts'
import type { TestCalls } from './test-calls/test-calls.ts'
import type { Trial, TrialOrder } from './test-calls/trial.ts'
import type { Access } from './routes/access.ts'
import type { FailedSignIns } from './routes/failed-sign-ins.ts'

/** The HTTP side of a line. */
export interface LineServer {
  /** Routes for its carrier's webhooks. */
  readonly plugin: FastifyPluginAsync
  /** Takes over an upgrade request; `false`: its address is not one of this line's. */
  takeUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

/** What is real of what is around the gateway. */
export interface Surroundings {
  /** `dev`: by `./phone dev`; `start`: in production. */
  readonly runs: 'dev' | 'start'
  readonly isModelSimulated: boolean
  readonly isCarrierSimulated: boolean
}

/** Everything the routes need. */
export interface GatewayDeps {
  readonly access: Access
  readonly failedSignIns: Pick<FailedSignIns, 'failed'>
  /** What gateway this is, for whoever looks at it. */
  readonly surroundings: Surroundings
  readonly log: Logger
  readonly registry: CallRegistry
  readonly lines: readonly LineServer[]
  readonly numbers: Numbers
  /** Stores changes of the numbers. */
  readonly assignments: Pick<NumberBook, 'set' | 'remove' | 'history'>
  readonly calls: CallLog
  /** The logs of calls that are over. */
  readonly events: Pick<EventArchive, 'find'>
  /** The settings in force, and changing them. */
  readonly settings: Settings
  /** The draft of the next version. */
  readonly drafts: Drafts
  /** The versions there were. */
  readonly versions: Pick<SettingsBook, 'list' | 'find' | 'at'>
  readonly profiles: ProfileBook
  readonly statistics: Statistics
  readonly outbound: OutboundModes
  readonly dialer: Pick<Dialer, 'dial' | 'check' | 'cancel'>
  readonly ledger: Pick<OutboundLedger, 'find' | 'findByLegId' | 'recent'>
  readonly doNotCall: DoNotCallList
  readonly contacts: ContactBook
  readonly notes: Pick<CallNotes, 'of'>
  readonly messageList: MessageList
  readonly deliverAgain: MessageDelivery['again']
  /** Opens a recording that the carrier keeps, by its id; `undefined` when it is gone. */
  openRecording(recordingId: string): Promise<OpenRecording | undefined>
  /** The sound of calls; absent for a database in memory. */
  readonly recordings?: Pick<Recordings, 'find' | 'peaks'> | undefined
  readonly customerList: CustomerList
  readonly customerDesk: CustomerDesk
  /** Files of customers. */
  readonly customerTransfer: {
    import(
      text: string,
      options: { readonly ours: readonly string[]; readonly isDry: boolean; readonly shares: boolean },
    ): Promise<ImportAnswer>
    export(): AsyncIterable<{ readonly text: string }>
  }
  readonly callers: CallerForgetter
  readonly turnedAway: Pick<TurnedAwayBook, 'recent'>
  readonly phrases: Pick<Phrases, 'voices' | 'list' | 'record'>
  readonly greetings: Pick<Greetings, 'list' | 'remove'>
  /** What people did that others may have to know. */
  readonly audit: AuditBook
  readonly doctor: Doctor
  /** What is kept for how long, and what is saved of it. */
  readonly keeping: {
    readonly keeps: {
      readonly transcriptDays: number
      readonly eventDays: number
      readonly toolData: 'off' | 'redacted' | 'full'
    }
    readonly engine: 'sqlite' | 'postgres'
    /** Always undefined of Postgres, whose backups are made by others. */
    newestBackup(): Promise<KeptBackup | undefined>
    deletedAt(): Promise<Date | undefined>
  }
  readonly people: PeopleBook
  /** Absent while traces are off. */
  readonly traces?: Traces | undefined
  readonly metrics: Metrics
  readonly feed: CallFeed
  /** Absent when nothing is to be said about it. */
  readonly storage?: Pick<DrizzleStore, 'problem'>
  /** Absent when nothing is to be said about it. */
  readonly model?: Pick<GuardedProvider, 'outage'>
  /** Tests: where a build of the console is. */
  readonly consoleFolder?: string
  /** Tests: an answer that does not fit the schema of its route is an error. */
  readonly checkAnswers?: boolean
  readonly testCalls: TestCalls
  /** The mode of a test call. */
  readonly openTrial: (order: TrialOrder) => Promise<Trial>
  /** The model of every call. */
  readonly modelName: string
  isDraining(): boolean
  /** The instances on this database. */
  readonly fleet: Fleet
}
