import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './client.ts'

/** A refusal stays one; everything else may pass. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429

/** What was read stays on the page while newer is fetched. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && mayPass(error),
      placeholderData: (last: unknown) => last,
    },
  },
})
