/** The gates stay closed for nobody: how they work is shown elsewhere. */
export const OPEN_GATES = {
  OUTBOUND_CALLS_PER_SECOND: '100',
  OUTBOUND_MAX_CONCURRENT: '10000',
  OUTBOUND_CALLING_HOURS: '00:00-24:00',
  OUTBOUND_DAILY_SPEND_USD: '100000',
}
