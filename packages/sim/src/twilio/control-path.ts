/** Where another process rings through the stand-in; it wants the account's Basic credentials. */
export const CONTROL_PATH = '/sim/call'
