export {
  createMessageDelivery,
  type DeliveryBook,
  type DeliveryProblem,
  type DeliverySettings,
  type MessageDelivery,
} from './delivery.ts'
export type { EmailSettings } from './email.ts'
export type { WebhookSettings } from './webhook.ts'
