import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { count } from "../ui/format";
import type { Search } from "../ui/url";
import styles from "./FilterPanel.module.css";
import { CONTENT_TYPES, type Filters, isFiltered, NO_FILTERS, TYPE_WORDS } from "./filters";

type Facets = { [filter: string]: { [value: string]: number } };
const SHOWN = 6;

const sum = (counts: { [value: string]: number } | undefined) =>
  Object.values(counts ?? {}).reduce((total, n) => total + n, 0);

/** What the chunks are narrowed to, with how many each value leaves. */
export function FilterPanel({
  filters,
  facets,
  documents,
  onChange,
}: {
  filters: Filters;
  facets: Facets | undefined;
  documents: { id: string; filename: string }[];
  onChange: (change: Search) => void;
}) {
  const [all, setAll] = useState(false);
  const ofDocument = facets?.document_id;
  const listed = documents
    .filter(({ id }) => ofDocument?.[id] || filters.document_id.includes(id))
    .sort((a, b) => (ofDocument?.[b.id] ?? 0) - (ofDocument?.[a.id] ?? 0));
  const shown = all ? listed : listed.slice(0, SHOWN);
  const toggle = (values: string[], value: string) =>
    values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  const excluded = filters.excluded[0];
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2>Filters</h2>
        <Button
          size="xs"
          variant="subtle"
          disabled={!isFiltered(filters)}
          onClick={() => onChange(NO_FILTERS)}
        >
          Reset
        </Button>
      </div>
      <div>
        <div className={styles.label}>Show</div>
        <SegmentedControl
          fullWidth
          aria-label="Show"
          value={excluded === undefined ? "all" : String(excluded)}
          data={[
            { value: "all", label: "All" },
            { value: "false", label: "Kept" },
            { value: "true", label: "Excluded" },
          ]}
          onChange={(value) => onChange({ excluded: value === "all" ? undefined : value })}
        />
      </div>
      <fieldset className={styles.group}>
        <legend className={styles.label}>Document</legend>
        <Option
          on={filters.document_id.length === 0}
          isAll
          n={sum(ofDocument)}
          onClick={() => onChange({ document_id: undefined })}
        >
          All documents
        </Option>
        {shown.map(({ id, filename }) => (
          <Option
            key={id}
            on={filters.document_id.includes(id)}
            n={ofDocument?.[id] ?? 0}
            onClick={() => onChange({ document_id: toggle(filters.document_id, id) })}
          >
            {filename}
          </Option>
        ))}
        {listed.length > SHOWN && (
          <button type="button" className={`text-link ${styles.more}`} onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show ${count(listed.length - SHOWN)} more`}
          </button>
        )}
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.label}>Content type</legend>
        <Option
          on={filters.content_type.length === 0}
          isAll
          n={sum(facets?.content_type)}
          onClick={() => onChange({ content_type: undefined })}
        >
          All types
        </Option>
        {CONTENT_TYPES.map((type) => (
          <Option
            key={type}
            on={filters.content_type.includes(type)}
            n={facets?.content_type?.[type] ?? 0}
            onClick={() => onChange({ content_type: toggle(filters.content_type, type) })}
          >
            {TYPE_WORDS[type]}
          </Option>
        ))}
      </fieldset>
    </div>
  );
}

const Option = ({
  on,
  isAll = false,
  n,
  onClick,
  children,
}: {
  on: boolean;
  isAll?: boolean;
  n: number;
  onClick: () => void;
  children: string;
}) => (
  <button
    type="button"
    className={styles.option}
    data-on={on || undefined}
    data-all={isAll || undefined}
    aria-pressed={on}
    title={children}
    onClick={onClick}
  >
    <span className="truncate" dir="auto">
      {children}
    </span>
    <span className="num">{count(n)}</span>
  </button>
);
