import { Suspense } from 'react'
import { Link, Route, Router, Switch } from 'wouter'
import { Page } from '../parts/page.tsx'
import { Empty, Reading } from '../parts/states.tsx'
import { routes } from './routes.ts'

/** The console: navigation beside the page that the address names. */
export const App = () => (
  <Router base="/console">
    <nav aria-label="Pages">
      {routes.map(({ name, path }) =>
        name ? (
          <Link key={path} href={path.replace('/*?', '')}>
            {name}
          </Link>
        ) : null,
      )}
    </nav>
    <main id="content">
      <Suspense fallback={<Reading />}>
        <Switch>
          {routes.map(({ path, page }) => (
            <Route key={path} path={path} component={page} />
          ))}
          <Route>
            <Page title="Nothing here">
              <Empty>There is no such page.</Empty>
            </Page>
          </Route>
        </Switch>
      </Suspense>
    </main>
  </Router>
)
