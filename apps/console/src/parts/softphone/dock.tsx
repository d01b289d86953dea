import { lazy, Suspense, useSyncExternalStore } from 'react'
import { useRoute } from 'wouter'
import { dockState, onDockChange } from './open.ts'

const DockPanel = lazy(async () => ({ default: (await import('./dock-panel.tsx')).DockPanel }))

/** The softphone beside whatever page is shown; on its own page it is part of that. Nothing of it is loaded before it opens. */
export const Dock = () => {
  const { isOpen } = useSyncExternalStore(onDockChange, dockState)
  const [isOwnPage] = useRoute('/try')
  if (!isOpen || isOwnPage) return null
  return (
    <Suspense fallback={null}>
      <DockPanel />
    </Suspense>
  )
}
