import { expect, it } from 'vitest'
import { keyFrom, moved, pathText, readPath, valueAt, withValue } from '../../src/parts/form/values.ts'

const document = { answers: [{ question: 'Where?', answer: 'Here.' }], routes: { desk: { label: 'the desk' } } }

it('reads and writes by path, entries of lists by place or by name', () => {
  expect(valueAt(document, ['answers', 'Where?', 'answer'])).toBe('Here.')
  expect(valueAt(document, ['answers', 0, 'answer'])).toBe('Here.')
  expect(valueAt(document, ['routes', 'toString'])).toBeUndefined()
  expect(withValue(document, ['answers', 'Where?', 'answer'], 'There.')).toMatchObject({
    answers: [{ answer: 'There.' }],
  })
  expect(withValue(document, ['answers', 0], undefined)).toMatchObject({ answers: [] })
  expect(withValue(document, ['routes', 'desk', 'label'], undefined)).toMatchObject({ routes: { desk: {} } })
  expect(withValue(document, ['business', 'hours', 'mon'], 'closed')).toMatchObject({
    business: { hours: { mon: 'closed' } },
  })
  expect(document.answers[0]!.answer).toBe('Here.')
})

it('takes a hostile name for a name', () => {
  const changed = withValue({}, ['routes', '__proto__', 'label'], 'x') as { routes: object }
  expect(Object.keys(changed.routes)).toEqual(['__proto__'])
  expect(({} as { label?: string }).label).toBeUndefined()
})

it('writes paths as the gateway does', () => {
  for (const path of [
    ['modes', 'frontDesk', 'greeting'],
    ['answers', 0],
    ['answers', 'Where "exactly"?', 'answer'],
    ['numbers', 'list', '+14155550101'],
  ])
    expect(readPath(pathText(path))).toEqual(path.map(String))
})

it('makes keys of names, and moves entries', () => {
  expect(keyFrom('the Billing desk', [])).toBe('billingDesk')
  expect(keyFrom('the Billing desk', ['billingDesk'])).toBe('billingDesk2')
  expect(keyFrom('Küche', [])).toBe('kuche')
  expect(keyFrom('電話', [])).toBe('line')
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
})
