import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const TryPage = () => (
  <Page title="Try it">
    <Reading />
  </Page>
)

export default TryPage
