export { testOutboundLedger, type LedgerRig } from './test-outbound-ledger.ts'
