import * as z from 'zod'
import type { Business } from '../time/business.ts'
import type { DirectoryEntry } from './directory.ts'
import type { Answer } from './answers.ts'
import type { Mode } from './mode.ts'
import { callOptionsSchema, type CallOptions } from './mode-settings.ts'
import type { OutboundMode } from './outbound.ts'
import type { Routes } from '../route.ts'

/** The parts of the settings document that all instances share. */
export interface SharedSettings {
  readonly business: Business
  readonly routes: Routes
  readonly directory: readonly DirectoryEntry[]
  /** Those for this instance. */
  readonly answers: readonly Answer[]
}

/** What is set on an instance: the fields of its kind, checked, and the options that every kind takes. */
export type InstanceSettings<Own> = Own & CallOptions

/** A way of answering or placing calls that instances in the settings document are made of. */
export interface Kind<Made> {
  /** What `kind` in the settings document says: "receptionist". */
  readonly name: string
  /** For people: "Front desk". */
  readonly title: string
  /** One sentence that says what it does for callers. */
  readonly about: string
  /**
   * Checks the fields of an instance beside `kind` and the options every kind takes. Data only, so that it can be drawn as a
   * form: no functions, no ports; `.meta({ title, description, examples })` names each field for people.
   */
  readonly settings: z.ZodObject
  /**
   * Throws `ModeInvalid` when the parts do not fit together; its paths that begin with `business`, `routes`, `directory` or
   * `answers` are those of {@link SharedSettings}, all others those of the instance.
   */
  make(settings: InstanceSettings<Readonly<Record<string, unknown>>>, shared: SharedSettings): Made
}

/** A kind of mode for calls to our numbers. */
export type ModeKind = Kind<Mode>

/** A kind of mode for calls that we place. */
export type OutboundKind = Kind<OutboundMode>

/**
 * Defines a kind; `make` gets the type of its schema.
 *
 * @example
 * export const receptionistKind = ({ messages }: { messages: MessageBook }) =>
 *   defineKind({ name: 'receptionist', title: 'Front desk', about: '…', settings: z.strictObject({ offers }), make: (settings, shared) => receptionist({ ...settings, ...shared, messages }) })
 */
export const defineKind = <Own extends z.ZodObject, Made>(
  kind: Omit<Kind<Made>, 'settings' | 'make'> & {
    readonly settings: Own
    make(settings: InstanceSettings<z.output<Own>>, shared: SharedSettings): Made
  },
): Kind<Made> => kind

/** Checks an instance of a kind without its `kind`: the kind's own fields and the options every kind takes; others are refused. */
export const instanceSchema = ({ settings }: Pick<Kind<unknown>, 'settings'>) =>
  z.strictObject({ ...callOptionsSchema.shape, ...settings.shape })
