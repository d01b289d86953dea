import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeConsole } from './support/console.ts'
import { barriersOf } from './support/look.ts'

const LIST = 'first_name,last_name,phones\nZoe,Park,+14155550160\nNo,Number,\n'

/** Goes to a day on which something is free: the demonstration is open on some day of three. */
const chooseDay = async (dialog: Locator): Promise<string> => {
  await dialog.getByLabel('What').selectOption({ index: 1 })
  for (let day = 0; day < 3; day++) {
    // oxlint-disable-next-line no-await-in-loop -- one day after the other
    await dialog.getByRole('button', { name: 'The day after' }).click()
    // oxlint-disable-next-line no-await-in-loop -- as above
    await dialog.getByRole('radio').or(dialog.getByText('Nothing is free')).first().waitFor()
    // oxlint-disable-next-line no-await-in-loop -- as above
    if ((await dialog.getByRole('radio').count()) > 0) break
  }
  return dialog.locator('input[type=date]').inputValue()
}

describeConsole('records', (opened) => {
  it('a number is moved after one question, and its history takes the move back', async () => {
    const { world } = opened
    const page = await opened.open('/numbers')
    const row = page.getByRole('row').filter({ hasText: world.numbers.receptionist })
    await row.getByText('points here').waitFor()
    await row.getByRole('combobox').selectOption('menu')
    await page.getByRole('dialog').getByRole('button', { name: 'Answer as menu' }).click()
    await row.getByText('set by hand').waitFor()
    expect((await world.admin('GET', `/numbers/${encodeURIComponent(world.numbers.receptionist)}`)).body).toMatchObject(
      {
        mode: 'menu',
      },
    )
    expect(await barriersOf(page)).toEqual([])
    await row.getByRole('button', { name: /History/ }).click()
    await page.getByRole('button', { name: 'Undo…' }).click()
    await page.getByRole('button', { name: 'Undo the change' }).click()
    await row.getByText('by the settings').waitFor()
  })

  it('a list shows what becomes of each line, and imports nothing while one is wrong', async () => {
    const page = await opened.open('/customers/import', { as: 'manager' })
    const choose = (text: string) =>
      page.getByLabel('The list').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await choose(LIST)
    await page.getByText('phones: is missing').waitFor()
    expect(await page.getByRole('button', { name: /^Import/ }).isDisabled()).toBe(true)
    await choose(LIST.replace(/No.*\n/, ''))
    await page.getByRole('cell', { name: 'Zoe Park' }).waitFor()
    await page.getByRole('button', { name: 'Import 1' }).click()
    await page.getByText('Imported: 1 new').waitFor()
  })

  it('a customer is added, changed and noted; a time that somebody else has taken meanwhile is refused', async () => {
    const { world } = opened
    const page = await opened.open('/customers', { as: 'operator', expects: [/status of 4(00|09)/] })
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Add a customer' }).click()
    await dialog.getByLabel('Last name').fill('Okafor')
    await dialog.getByLabel('Telephone').fill('12')
    await dialog.getByRole('button', { name: 'Add' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByLabel('Telephone').fill('+14155550161')
    await dialog.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('heading', { name: 'Okafor', level: 2 }).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)!
    await page.getByRole('button', { name: 'Change…' }).click()
    await dialog.getByLabel('First name').fill('Ada')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Ada Okafor' }).waitFor()
    await page.getByLabel('A new note').fill('Prefers mornings.')
    await page.getByRole('button', { name: 'Note it' }).click()
    await page.getByText('Prefers mornings.', { exact: true }).waitFor()
    await page.getByLabel('Another telephone').fill('+14155550162')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('button', { name: 'Take off +1415•••0162' }).click()
    await dialog.getByRole('button', { name: 'Take it off' }).click()
    await page.getByText('The telephone is taken off.').waitFor()

    await page.getByRole('button', { name: 'Book…' }).click()
    const date = await chooseDay(dialog)
    const { services } = (await world.admin('GET', `/calendar?from=${date}&days=1`)).body as {
      services: { id: string }[]
    }
    const free = `/calendar/free?service=${services[0]!.id}&date=${date}`
    const { starts } = (await world.admin('GET', free)).body as { starts: string[] }
    await dialog.getByRole('radio').first().check({ force: true })
    // Until no chair is free at that time.
    for (let taken = 0; taken < 9; taken++) {
      const body = { customerId: 'demo-anna-keller', serviceId: services[0]!.id, startsAt: starts[0] }
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if ((await world.admin('POST', '/appointments', body)).status !== 201) break
    }
    await dialog.getByRole('button', { name: /^Book / }).click()
    expect(await dialog.getByRole('alert').textContent()).toMatch(/\w+ .*\./)
    expect((await world.admin('GET', `/appointments?customer=${id}`)).body).toMatchObject({ appointments: [] })
    await dialog.getByRole('radio').nth(2).check({ force: true })
    await dialog.getByRole('button', { name: /^Book / }).click()
    await page.getByText('The appointment is booked.').waitFor()
  })

  it('a time is moved and cancelled in the calendar', async () => {
    const page = await opened.open('/customers/demo-anna-keller')
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Book…' }).click()
    const date = await chooseDay(dialog)
    await dialog.getByRole('radio').last().check({ force: true })
    await dialog.getByRole('button', { name: /^Book / }).click()
    await page.getByText('The appointment is booked.').waitFor()
    await page.goto(`${opened.world.publicUrl}/console/customers/calendar?view=day&date=${date}`)
    await page
      .getByRole('button', { name: /Anna Keller/ })
      .last()
      .click()
    const chosen = page.getByRole('region', { name: 'The chosen appointment' })
    await chosen.getByRole('button', { name: 'Move…' }).click()
    await dialog.getByRole('radio').nth(-2).check({ force: true })
    await dialog.getByRole('button', { name: /^Move to/ }).click()
    await page.getByText('The appointment is moved.').waitFor()
    await page
      .getByRole('button', { name: /Anna Keller/ })
      .last()
      .click()
    await chosen.getByRole('button', { name: 'Cancel it…' }).click()
    await dialog.getByRole('button', { name: 'Cancel the appointment' }).click()
    await page.getByText('The appointment is cancelled.').waitFor()
    expect(await barriersOf(page)).toEqual([])
  })

  it('a number that points elsewhere is set right after it was shown what changes', async () => {
    const { world } = opened
    const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token, TWILIO_API_URL: api } = world.variables
    const numbers = `${api}/2010-04-01/Accounts/${account}/IncomingPhoneNumbers`
    const headers = { authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}` }
    const asked = await fetch(`${numbers}.json?PhoneNumber=${encodeURIComponent(world.numbers.ivr)}`, { headers })
    const { incoming_phone_numbers: found } = (await asked.json()) as { incoming_phone_numbers: { sid: string }[] }
    const body = new URLSearchParams({ VoiceUrl: 'https://old.example.com/voice' })
    await fetch(`${numbers}/${found[0]!.sid}.json`, { method: 'POST', headers, body })
    const page = await opened.open('/numbers', { as: 'operator' })
    const row = page.getByRole('row').filter({ hasText: world.numbers.ivr })
    await row.getByText('points elsewhere').waitFor()
    await row.getByRole('button', { name: /^Set it right/ }).click()
    await page.getByRole('dialog').getByText('https://old.example.com/voice').waitFor()
    expect(await barriersOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Set it at Twilio' }).click()
    await row.getByText('points here').waitFor()
  })

  it('a number gets options of its own, which count once they are published', async () => {
    const { world } = opened
    const page = await opened.open('/numbers', { as: 'manager', expects: [/test-calls/] })
    const row = page.getByRole('row').filter({ hasText: world.numbers.csr })
    await row.getByRole('link', { name: 'Options' }).click()
    const patience = page.getByRole('group', { name: 'Patience' })
    await patience.getByLabel(/^Silence/).fill('40')
    await patience.getByLabel(/^Silence/).blur()
    await page.getByLabel('Greeting can be interrupted').selectOption('off')
    await page.getByText(/^saved \d/).waitFor()
    expect(await barriersOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('It counts from the next call.').first().waitFor()
    await page.getByRole('link', { name: 'All numbers' }).click()
    await row.getByText('patience 40 s · interruptible greeting').waitFor()
    expect(JSON.stringify((await world.admin('GET', '/settings')).body)).toContain('"silenceMs":40000')
  })

  it('a closed gate answers before anything rings, and says what opens it', async () => {
    const page = await opened.open('/outbound', { as: 'operator' })
    await page.getByLabel('Number').fill('+447700900123')
    await page.getByLabel('What for').selectOption('callback')
    for (const field of await page.locator('form input[required], form textarea[required]').all())
      // oxlint-disable-next-line no-await-in-loop -- one field after the other
      if ((await field.inputValue()) === '') await field.fill('the order')
    await page.getByRole('button', { name: /^Check/ }).click()
    await page.getByText('The gate “destination” is closed.').waitFor()
    expect(await barriersOf(page)).toEqual([])
  })
  it('a call that found a busy line is placed again; whoever asked not to be called is not', async () => {
    const { world } = opened
    let isBusy = true
    world.twilio.setFarEnd(() => ({ outcome: isBusy ? 'busy' : 'no-answer', afterMs: 200 }))
    const page = await opened.open('/outbound/contacts', { as: 'operator' })
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Add a contact' }).click()
    await dialog.getByLabel('Number').fill('+1 415 555 0171')
    await dialog.getByLabel(/^Time zone/).fill('America/Denver')
    await dialog.getByLabel('Add a consent to').selectOption('informational')
    await dialog.getByLabel('Where it is on record').fill('form of 9 March')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row').filter({ hasText: 'form of 9 March' }).waitFor()

    await page.getByRole('link', { name: 'Call somebody' }).click()
    await page.getByLabel('Number').fill('+14155550171')
    await page.getByLabel('Who is called').fill('John Miller')
    await page.getByLabel('What for').selectOption('callback')
    for (const field of await page.locator('form input[required], form textarea[required]').all())
      // oxlint-disable-next-line no-await-in-loop -- one field after the other
      if ((await field.inputValue()) === '') await field.fill('the order')
    await page.getByRole('button', { name: /^Check/ }).click()
    await dialog.getByRole('button', { name: /^Call/ }).click()
    const line = page.getByRole('row').filter({ hasText: 'callback' })
    await line.getByText(/busy/).first().waitFor({ timeout: 20_000 })
    isBusy = false
    await line.getByRole('button', { name: /^Call again/ }).click()
    expect(await page.getByLabel('Number').inputValue()).toBe('+14155550171')
    expect(await page.getByLabel('What for').inputValue()).toBe('callback')

    await page.getByRole('link', { name: 'Do not call' }).click()
    await page.getByLabel('Number').fill('+14155550171')
    await page.getByLabel('Reason').fill('asked by letter')
    await page.getByRole('button', { name: 'Never call it' }).click()
    await page.getByRole('row').filter({ hasText: 'asked by letter' }).waitFor()
    await page.getByRole('link', { name: 'Calls' }).last().click()
    await line.getByRole('button', { name: /^Call again/ }).click()
    for (const field of await page.locator('form input[required], form textarea[required]').all())
      // oxlint-disable-next-line no-await-in-loop -- as above
      if ((await field.inputValue()) === '') await field.fill('the order')
    await page.getByRole('button', { name: /^Check/ }).click()
    await page.getByText('The gate “do not call” is closed.').waitFor()
    expect(await barriersOf(page)).toEqual([])
  })
})
