/** What one look has shown. */
export interface Finding {
  readonly name: string
  readonly outcome: 'ok' | 'warning' | 'failed'
  readonly detail: string
}

/** All is well. */
export const ok = (name: string, detail: string): Finding => ({ name, outcome: 'ok', detail })

/** Calls go on with it; it should be looked at all the same. */
export const warning = (name: string, detail: string): Finding => ({ name, outcome: 'warning', detail })

/** No call gets past this. */
export const failed = (name: string, detail: string): Finding => ({ name, outcome: 'failed', detail })
