import { Activity, Suspense } from 'react'
import { Route, Router, Switch } from 'wouter'
import { SignIn } from '../pages/sign-in/sign-in-page.tsx'
import { Page } from '../parts/page.tsx'
import { Empty, Failed, Reading } from '../parts/states.tsx'
import style from './app.module.css'
import { Catch } from './catch.tsx'
import { Frame } from './frame.tsx'
import { NotForYou } from './not-for-you.tsx'
import { mayDo } from './role.ts'
import { routes, type Route as PageRoute } from './routes.ts'
import { useSignedIn, type Session } from './session.ts'

const pageOf = ({ role, page: Content }: PageRoute, session: Session) =>
  mayDo(session, role) ? (
    <Content />
  ) : (
    <Page title="Not for you">
      <NotForYou needed={role} />
    </Page>
  )

const Pages = ({ session }: { session: Session }) => (
  <Suspense fallback={<Reading />}>
    <Switch>
      {routes.map((route) => (
        <Route key={route.path} path={route.path}>
          <Catch key={route.path}>{pageOf(route, session)}</Catch>
        </Route>
      ))}
      <Route>
        <Page title="Nothing here">
          <Empty>There is no such page.</Empty>
        </Page>
      </Route>
    </Switch>
  </Suspense>
)

/** The console: the page that the address names in its frame, once somebody is signed in. */
export const App = () => {
  const { data: session, error, refetch, last } = useSignedIn()
  if (session === undefined)
    return <main className={style.alone}>{error ? <Failed error={error} retry={refetch} /> : <Reading />}</main>
  return (
    <Router base="/console">
      {last ? (
        // What somebody has half written waits until they have signed in again.
        <Activity mode={session ? 'visible' : 'hidden'}>
          <Frame key={`${last.name} ${last.role}`} session={last}>
            <Pages session={last} />
          </Frame>
        </Activity>
      ) : null}
      {session ? null : <SignIn wasSignedIn={last !== undefined} />}
    </Router>
  )
}
