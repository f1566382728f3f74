import type { Schemas } from "../../api/client";
import { UserText } from "../../ui/UserText";
import styles from "./Preview.module.css";

type AnyBlock = Schemas["Block"];
/** Rows of a table that are shown at once. */
const ROWS = 200;

/** A part of a document. */
export function Block({ block }: { block: AnyBlock }) {
  switch (block.kind) {
    case "heading":
      // The headings of documents are no headings of this page.
      return (
        <div className={styles.heading} data-level={Math.min(block.level, 4)} dir="auto">
          {block.text}
        </div>
      );
    case "list": {
      const Tag = block.ordered ? "ol" : "ul";
      return (
        <Tag className={styles.list}>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: items have no other name
            <li key={index} dir="auto" style={{ marginInlineStart: 18 * item.level }}>
              <span className="num">{item.number != null ? `${item.number}.` : "•"}</span>
              <span>{item.text}</span>
            </li>
          ))}
        </Tag>
      );
    }
    case "table":
      return <Table rows={block.rows} header={block.header} />;
    case "code":
      return (
        <pre className={styles.code} dir="ltr">
          {block.text.length > 20_000 ? `${block.text.slice(0, 20_000)}…` : block.text}
        </pre>
      );
    case "footnote":
      return (
        <div className={styles.footnote} dir="auto">
          {block.text}
        </div>
      );
    default:
      return <UserText text={block.text} className={styles.paragraph} />;
  }
}

function Table({ rows, header }: { rows: string[][]; header: boolean }) {
  const [head, body] = header ? [rows[0], rows.slice(1)] : [undefined, rows];
  return (
    <div className={styles.tableScroll}>
      <table className={styles.table}>
        {head && (
          <thead>
            <tr>
              {head.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name
                <th key={index} dir="auto">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {body.slice(0, ROWS).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name
                <td key={column} dir="auto">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {body.length > ROWS && <p className={styles.none}>and {body.length - ROWS} more rows</p>}
    </div>
  );
}
