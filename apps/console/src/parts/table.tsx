import type { Key, ReactNode } from 'react'
import style from './table.module.css'

/** A column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** Figures stand to the right. */
  readonly isFigure?: boolean
}

/** Rows under a caption; below 720 px each row is a card with the same facts in the same order. */
export const Table = <Row,>(props: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => Key
}) => (
  <table className={style.table}>
    <caption className="unseen">{props.caption}</caption>
    <thead>
      <tr>
        {props.columns.map(({ title, isFigure }) => (
          <th key={title} scope="col" className={isFigure ? style.figure : undefined}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {props.rows.map((row) => (
        <tr key={props.rowKey(row)}>
          {props.columns.map(({ title, cell, isFigure }) => (
            <td key={title} data-title={title} className={isFigure ? style.figure : undefined}>
              {cell(row)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
)
