import { ActionIcon } from "@mantine/core";
import { IconChartBar, IconTable } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import styles from "./Analytics.module.css";

/** A picture with its numbers as a table, which a button shows in its place. */
export function ChartCard({
  title,
  note,
  columns,
  rows,
  children,
}: {
  title: string;
  note?: ReactNode;
  columns: string[];
  rows: (string | number)[][];
  children: ReactNode;
}) {
  const [table, setTable] = useState(false);
  const id = useId();
  const name = title.toLowerCase();
  return (
    <section className={`card ${styles.card}`} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        {note && <span className={`num ${styles.note}`}>{note}</span>}
        <ActionIcon
          aria-label={table ? `Show ${name} as a picture` : `Show ${name} as a table`}
          aria-pressed={table}
          onClick={() => setTable(!table)}
        >
          {table ? (
            <IconChartBar size={14} stroke={1.75} aria-hidden />
          ) : (
            <IconTable size={14} stroke={1.75} aria-hidden />
          )}
        </ActionIcon>
      </div>
      {table ? <Numbers title={title} columns={columns} rows={rows} /> : children}
    </section>
  );
}

const Numbers = ({
  title,
  columns,
  rows,
}: {
  title: string;
  columns: string[];
  rows: (string | number)[][];
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
  <section className={styles.table} tabIndex={0} aria-label={`${title} as a table`}>
    <table>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, ...rest]) => (
          <tr key={String(first)}>
            <th scope="row" dir="auto">
              {first}
            </th>
            {rest.map((value, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name
              <td key={at}>{typeof value === "number" ? value.toLocaleString("en-US") : value}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
