import { expect, it } from 'vitest'
import { describeConsole } from './support/console.ts'
import { barriersOf } from './support/look.ts'

const LIST = 'first_name,last_name,phones\nZoe,Park,+14155550160\nNo,Number,\n'

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

  it('a time is booked among those that are free, and stands in the calendar', async () => {
    const page = await opened.open('/customers/demo-anna-keller')
    await page.getByRole('button', { name: 'Book…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What').selectOption({ index: 1 })
    // The demonstration is open on some day of three.
    for (let day = 0; day < 3; day++) {
      // oxlint-disable-next-line no-await-in-loop -- one day after the other
      await dialog.getByRole('button', { name: 'The day after' }).click()
      // oxlint-disable-next-line no-await-in-loop -- as above
      await dialog.getByRole('radio').or(dialog.getByText('Nothing is free')).first().waitFor()
      // oxlint-disable-next-line no-await-in-loop -- as above
      if ((await dialog.getByRole('radio').count()) > 0) break
    }
    await dialog.getByRole('radio').first().check({ force: true })
    await dialog.getByRole('button', { name: /^Book / }).click()
    await page.getByText('The appointment is booked.').waitFor()
    await page.getByRole('link', { name: 'Calendar' }).click()
    await page.getByRole('heading', { name: /–/ }).waitFor()
    expect(await barriersOf(page)).toEqual([])
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
})
