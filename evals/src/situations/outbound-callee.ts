/** Whom the calls that are placed are for. */
export const DANA = { number: '+14155550191', name: 'Dana Fields' }

/** What only the person may hear whom the call is for. */
export const DETAILS = /clean|lopez|2:30|14:30|half past two|tuesday/i
