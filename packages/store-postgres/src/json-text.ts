/**
 * JSON as Postgres takes it: without NUL characters, and with lone halves of surrogate pairs replaced, both of which it
 * refuses. `JSON.stringify` writes both as escapes, and no other surrogates.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value ?? null).replaceAll(/\\(?:u([0-9a-f]{4})|.)/g, (escape, code?: string) => {
    if (code === '0000') return ''
    return code?.startsWith('d') ? '\uFFFD' : escape
  })
