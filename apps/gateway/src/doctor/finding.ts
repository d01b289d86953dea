/** The result of one check. */
export interface Finding {
  readonly name: string
  readonly outcome: 'ok' | 'warning' | 'failed'
  readonly detail: string
}

/** The check passed. */
export const ok = (name: string, detail: string): Finding => ({ name, outcome: 'ok', detail })

/** Calls work, but somebody should look at it. */
export const warning = (name: string, detail: string): Finding => ({ name, outcome: 'warning', detail })

/** No call can work. */
export const failed = (name: string, detail: string): Finding => ({ name, outcome: 'failed', detail })
