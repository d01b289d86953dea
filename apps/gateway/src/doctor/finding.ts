/** The result of one check: what was looked at, what was found, and what to do. Holds no secret. */
export interface Finding {
  readonly name: string
  readonly outcome: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** What to do; absent when nothing is wrong. */
  readonly action?: string
}

/** The check passed, or there was nothing to ask. */
export const ok = (name: string, detail: string): Finding => ({ name, outcome: 'ok', detail })

/** Calls work, but somebody should look at it. */
export const warning = (name: string, detail: string, action: string): Finding => ({
  name,
  outcome: 'warning',
  detail,
  action,
})

/** No call can work, or not every one. */
export const failed = (name: string, detail: string, action: string): Finding => ({
  name,
  outcome: 'failed',
  detail,
  action,
})

/** An amount of storage: `12 MB`. */
export const sizeText = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`
