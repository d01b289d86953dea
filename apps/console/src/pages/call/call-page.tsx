import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const CallPage = () => (
  <Page title="Call">
    <Reading />
  </Page>
)

export default CallPage
