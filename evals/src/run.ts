import type { Agent } from 'node:http'
import type { CallUsage } from '@llc-phone/core'
import type { Situation } from './situation.ts'
import type { Trace } from './trace.ts'

/** The model that is asked. */
export interface Target {
  readonly url: string
  readonly apiKey: string
  readonly model: string
  readonly dialect: 'auto' | 'ga' | 'flat'
  readonly agent?: Agent | undefined
  /** The proxy on the way to it, by the names of the environment. */
  readonly proxy?: Readonly<Record<string, string>>
  /** How long a server may say nothing before the run is given up. */
  readonly answerWithinMs: number
}

/** Who follows a run. */
export interface Watch {
  /** Which run of the situation it is, from 1. */
  readonly run: number
  used(usage: CallUsage): void
  /** The server has refused this setting, and the call goes on without it. */
  leftOut(field: string): void
  /** Why the run must not go on; asked at every step and often in between. */
  stopped(): string | undefined
}

/** Runs a situation once. Throws {@link CouldNotRun} when that says nothing about the assistant. */
export type Run = (situation: Situation, target: Target, watch: Watch) => Promise<Trace>

/** Nothing was learned: the server was not to be had, or the run was stopped. */
export class CouldNotRun extends Error {
  /** The money or the patience of whoever started it is at its end: what comes next is not run either. */
  readonly isFinal: boolean
  constructor(message: string, isFinal = false) {
    super(message)
    this.isFinal = isFinal
  }
}
