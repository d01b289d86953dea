import { expect, it } from 'vitest'
import { shieldCell, unshieldCell } from '../src/cell.ts'

it('puts an apostrophe before what a spreadsheet would run, and takes it off again', () => {
  for (const text of ['=1+1', ' =1+1', '\n=1+1', '-1', '@x', '+cmd()', '＝1', "'=x", '\tx']) {
    expect(shieldCell(text)).toBe(`'${text}`)
    expect(unshieldCell(shieldCell(text))).toBe(text)
  }
})

it('leaves texts and telephone numbers as they are', () => {
  for (const text of ['', "'twas", 'a=1', '+14155550100', '+1415•••0100', '+14155550142 ext. 22;+14155550100'])
    expect([shieldCell(text), unshieldCell(text)]).toEqual([text, text])
})
