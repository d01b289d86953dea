import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const SystemPage = () => (
  <Page title="System">
    <Reading />
  </Page>
)

export default SystemPage
