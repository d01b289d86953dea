export {
  createCompletionDelivery,
  type CompletionDelivery,
  type CompletionProblem,
  type CompletionSettings,
} from './completion-delivery.ts'
export {
  destinationFindings,
  destinationsFor,
  shownDestination,
  type DeliverySecrets,
  type DestinationFinding,
  type MessageDestination,
} from './destinations.ts'
export {
  createMessageDelivery,
  type DeliveryBook,
  type DeliveryProblem,
  type DeliverySettings,
  type MessageDelivery,
} from './message-delivery.ts'
export type { DeliveryResult, DeliveryWatch } from './watch.ts'
export type { WebhookSettings } from './webhook.ts'
