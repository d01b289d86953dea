import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const LivePage = () => (
  <Page title="Live">
    <Reading />
  </Page>
)

export default LivePage
