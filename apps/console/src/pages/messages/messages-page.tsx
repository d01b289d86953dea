import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const MessagesPage = () => (
  <Page title="Messages">
    <Reading />
  </Page>
)

export default MessagesPage
