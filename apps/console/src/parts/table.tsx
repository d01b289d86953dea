import { memo, type Key, type ReactNode } from 'react'
import style from './table.module.css'

/** A column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** Figures stand to the right. */
  readonly isFigure?: boolean
}

const Row = <Data,>({ columns, row }: { columns: readonly Column<Data>[]; row: Data }) => (
  <tr>
    {columns.map(({ title, cell, isFigure }) => (
      <td key={title} data-title={title} className={isFigure ? style.figure : undefined}>
        {cell(row)}
      </td>
    ))}
  </tr>
)

/** A row that has not changed is not drawn again, as long as `columns` is a constant. */
const KeptRow = memo(Row) as typeof Row

/** Rows under a caption; below 720 px each row is a card with the same facts in the same order. */
export const Table = <Data,>(props: {
  caption: string
  columns: readonly Column<Data>[]
  rows: readonly Data[]
  rowKey: (row: Data) => Key
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
        <KeptRow key={props.rowKey(row)} columns={props.columns} row={row} />
      ))}
    </tbody>
  </table>
)
