import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeDrafts } from '../src/index.ts'
import { changed, written, type Change } from './fixtures.ts'

const base = written()

const merge = (mine: Change, theirs: Change) => mergeDrafts(base, changed(base, mine), changed(base, theirs))

describe('two drafts of the same version', () => {
  test('give all that either has changed', () => {
    const mine: Change = { 'business.name': 'Pier Grill', 'modes.night': undefined }
    const theirs: Change = { 'business.hours.mon': '10:00-12:00', 'routes.bar': { label: 'the bar', voicemail: true } }
    expect(merge(mine, theirs)).toEqual({ merged: changed(base, { ...mine, ...theirs }), conflicts: [] })
  })

  test('agree on what both have changed alike', () => {
    const both: Change = { 'business.name': 'Pier Grill' }
    expect(merge(both, both)).toEqual({ merged: changed(base, both), conflicts: [] })
  })

  test('conflict where both have changed the same field, and the saved one stays', () => {
    const { merged, conflicts } = merge({ 'business.name': 'Mine' }, { 'business.name': 'Theirs' })
    expect(conflicts).toEqual([{ path: 'business.name', base: 'Salt and Fig', mine: 'Mine', theirs: 'Theirs' }])
    expect(merged).toEqual(changed(base, { 'business.name': 'Theirs' }))
  })

  test('conflict where one has removed what the other has changed', () => {
    const { merged, conflicts } = merge({ 'modes.night': undefined }, { 'modes.night.voice': 'ash' })
    expect(conflicts).toEqual([{ path: 'modes.night', base: { kind: 'desk' }, theirs: { kind: 'desk', voice: 'ash' } }])
    expect(merged).toEqual(changed(base, { 'modes.night.voice': 'ash' }))
  })

  test('match answers by their question, not by their place', () => {
    const [first, second] = base.answers!
    const added = { question: 'Are dogs allowed?', answer: 'Yes.' }
    const { merged, conflicts } = merge(
      { answers: [added, first, second] },
      { answers: [{ ...first!, answer: 'In front.' }, second] },
    )
    expect(conflicts).toEqual([])
    expect(merged).toMatchObject({ answers: [added, { ...first!, answer: 'In front.' }, second] })
  })

  test('keep what both have added, and conflict if it is the same entry with other words', () => {
    const entry = (answer: string) => ({ question: 'Are dogs allowed?', answer })
    const one = merge({ 'answers.2': entry('Yes.') }, { 'answers.2': { question: 'Wifi?', answer: 'No.' } })
    expect(one.conflicts).toEqual([])
    expect(one.merged).toMatchObject({ answers: { length: 4 } })
    expect(merge({ 'answers.2': entry('Yes.') }, { 'answers.2': entry('No.') }).conflicts).toEqual([
      { path: 'answers."Are dogs allowed?".answer', mine: 'Yes.', theirs: 'No.' },
    ])
  })

  test('keep the order that either has changed', () => {
    const order = { answers: base.answers!.toReversed() }
    expect(merge(order, { 'business.name': 'X' }).merged).toEqual(changed(base, { ...order, 'business.name': 'X' }))
    expect(merge({}, order).merged).toEqual(changed(base, order))
  })

  test('a draft merged with the version it came from is itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        expect(mergeDrafts(before, after, before)).toEqual({ merged: after, conflicts: [] })
        expect(mergeDrafts(before, before, after)).toEqual({ merged: after, conflicts: [] })
        expect(mergeDrafts(before, after, after)).toEqual({ merged: after, conflicts: [] })
      }),
    )
  })
})
