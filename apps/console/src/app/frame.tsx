import { useQuery } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { api } from '../api/client.ts'
import { startFeed, useLiveCount } from '../api/feed.ts'
import { browserZone } from '../parts/moments.ts'
import { countOf } from '../parts/figures.ts'
import { sayError } from '../parts/say.ts'
import { useShortcuts } from '../parts/shortcuts.ts'
import { Toasts } from '../parts/toasts.tsx'
import { useBusiness } from './business.ts'
import style from './frame.module.css'
import { LostBar } from './lost-bar.tsx'
import { mayDo } from './role.ts'
import { linkOf, routes, type Route } from './routes.ts'
import { signOut, type Session } from './session.ts'
import { ShortcutList } from './shortcut-list.tsx'
import { changeTheme, useTheme } from './theme.ts'

const Dock = lazy(async () => ({ default: (await import('../parts/softphone/dock.tsx')).Dock }))

const TO_DO_EVERY_MS = 30_000

/** How many messages wait; below the key that changes of messages invalidate. */
const useToDo = (): number | undefined =>
  useQuery({
    queryKey: ['messages', 'to-do'],
    queryFn: async () => (await api.GET('/messages', { params: { query: { limit: 1 } } })).data!.toDo,
    refetchInterval: TO_DO_EVERY_MS,
  }).data

const useCounts = (): Record<string, string | undefined> => {
  const live = useLiveCount()
  const toDo = useToDo()
  return {
    '/live': live ? countOf(live, 'live call') : undefined,
    '/messages': toDo ? countOf(toDo, 'message to do', 'messages to do') : undefined,
  }
}

const isHere = (location: string, { path }: Route): boolean =>
  path === '/' ? location === '/' : location === linkOf(path) || location.startsWith(`${linkOf(path)}/`)

const PageLink = ({ route, count }: { route: Route; count: string | undefined }) => {
  const [location] = useLocation()
  const { path, name, icon: Icon } = route
  return (
    <Link href={linkOf(path)} aria-current={isHere(location, route) ? 'page' : undefined}>
      {Icon ? <Icon aria-hidden="true" size={18} /> : null}
      <span className={style.name}>{name}</span>
      {count ? (
        <span className={style.count}>
          <span aria-hidden="true">{count.split(' ')[0]}</span>
          <span className="unseen">, {count}</span>
        </span>
      ) : null}
    </Link>
  )
}

const Person = ({ session, onShortcuts }: { session: Session; onShortcuts: () => void }) => {
  const theme = useTheme()
  return (
    <div className={style.person}>
      <p>
        {session.name} <span className={style.role}>· {session.role}</span>
      </p>
      <div>
        <button type="button" onClick={changeTheme}>
          Theme: {theme}
        </button>
        <button type="button" aria-label="Keyboard shortcuts" className={style.keys} onClick={onShortcuts}>
          ?
        </button>
        <button type="button" onClick={() => void signOut().catch(sayError)}>
          Sign out
        </button>
      </div>
    </div>
  )
}

/** Times are those of the business; says so where the reader's clock shows others. */
const ZoneNote = () => {
  const { zone } = useBusiness()
  return zone === browserZone() ? null : <p className={style.zone}>Times are those of {zone.replaceAll('_', ' ')}.</p>
}

const closeMore = (): void => document.querySelector<HTMLElement>('#more-pages')?.hidePopover()

/** A page that is new begins at its top; a filter that changes leaves the reader where they are. */
const watchMoves = (): (() => void) => {
  let { pathname } = location
  const onMove = () => {
    closeMore()
    if (location.pathname !== pathname) scrollTo(0, 0)
    pathname = location.pathname
  }
  // Said by the router for every step forward.
  addEventListener('pushState', onMove)
  return () => removeEventListener('pushState', onMove)
}

/** What stands around every page: the way to the others, who is signed in, and whether what is shown is the present. */
export const Frame = ({ session, children }: { session: Session; children: ReactNode }) => {
  const [areShortcutsOpen, setAreShortcutsOpen] = useState(false)
  const [, navigate] = useLocation()
  const { name } = useBusiness()
  const counts = useCounts()
  const pages = routes.filter((route) => route.name && mayDo(session, route.role))
  const main = pages.filter(({ isMain }) => isMain)
  const rest = pages.filter(({ isMain }) => !isMain)
  useEffect(watchMoves, [])
  useEffect(startFeed, [])
  useShortcuts([
    { keys: '?', does: 'These shortcuts', run: () => setAreShortcutsOpen(true) },
    ...pages.flatMap(({ key, name: page, path }) =>
      key ? [{ keys: `g ${key}`, does: `Go to ${page}`, run: () => navigate(linkOf(path)) }] : [],
    ),
    {
      keys: '/',
      does: 'Search on this page',
      run: () => document.querySelector<HTMLElement>('main input[type=search]')?.focus(),
    },
  ])
  const openShortcuts = () => setAreShortcutsOpen(true)
  return (
    <div className={style.frame}>
      <a href="#content" className={style.skip}>
        Skip to the page
      </a>
      <nav aria-label="Pages" className={style.side}>
        <p className={style.business}>{name}</p>
        <ul>
          {pages.map((route) => (
            <li key={route.path}>
              <PageLink route={route} count={counts[route.path]} />
            </li>
          ))}
        </ul>
        <Person session={session} onShortcuts={openShortcuts} />
      </nav>
      <div className={style.column}>
        <LostBar />
        <main id="content" className={style.main} tabIndex={-1}>
          {children}
          <ZoneNote />
        </main>
        {mayDo(session, 'operator') ? (
          <div className={style.dock}>
            <Suspense fallback={null}>
              <Dock />
            </Suspense>
          </div>
        ) : null}
      </div>
      <nav aria-label="Main pages" className={style.bottom}>
        {main.map((route) => (
          <PageLink key={route.path} route={route} count={counts[route.path]} />
        ))}
        <button type="button" popoverTarget="more-pages">
          <Ellipsis aria-hidden="true" size={18} />
          <span className={style.name}>More</span>
        </button>
      </nav>
      <div id="more-pages" popover="auto" className={style.more}>
        <nav aria-label="More pages">
          <ul>
            {rest.map((route) => (
              <li key={route.path}>
                <PageLink route={route} count={counts[route.path]} />
              </li>
            ))}
          </ul>
          <Person
            session={session}
            onShortcuts={() => {
              closeMore()
              openShortcuts()
            }}
          />
        </nav>
      </div>
      <Toasts />
      <ShortcutList isOpen={areShortcutsOpen} onClose={() => setAreShortcutsOpen(false)} />
    </div>
  )
}
