import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query.ts'
import { App } from './app/app.tsx'
import { applyTheme } from './app/theme.ts'
import { listenForShortcuts } from './parts/shortcuts.ts'
import './style/base.css'

applyTheme()
listenForShortcuts()

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
