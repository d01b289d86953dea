import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const CustomersPage = () => (
  <Page title="Customers">
    <Reading />
  </Page>
)

export default CustomersPage
