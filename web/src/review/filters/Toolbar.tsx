import { Button, Menu, Popover, SegmentedControl, TextInput } from "@mantine/core";
import {
  IconChevronDown,
  IconLayoutSidebar,
  IconSearch,
  IconSortDescending2,
  IconTable,
} from "@tabler/icons-react";
import { type ReactNode, type Ref, useEffect, useState } from "react";
import { FilterPill } from "../../ui/FilterPill";
import { Key } from "../../ui/Key";
import { type Filters, SORTS, type Sort } from "../model/filters";
import { SORT_WORDS } from "../model/words";
import { CHIPS, type ChipName, chipValue, without } from "./chips";
import styles from "./Filters.module.css";
import { Panel } from "./Panel";
import type { useNames } from "./useNames";

export type View = "queue" | "table";

/** So long after the last key a search begins. */
const PAUSE = 300;

/** View, search, filters and order. */
export function Toolbar({
  view,
  filters,
  sort,
  names,
  search,
  start,
  onView,
  onFilters,
  onSort,
}: {
  view: View;
  filters: Filters;
  sort: Sort;
  names: ReturnType<typeof useNames>;
  search: Ref<HTMLInputElement>;
  start?: ReactNode;
  onView: (view: View) => void;
  onFilters: (filters: Filters) => void;
  onSort: (sort: Sort) => void;
}) {
  return (
    <div className={styles.bar} role="toolbar" aria-label="Filters">
      {start}
      <SegmentedControl
        aria-label="View"
        value={view}
        onChange={(value) => onView(value as View)}
        data={[
          { value: "queue", label: <ViewName icon={<IconLayoutSidebar {...small} />} name="Queue" /> },
          { value: "table", label: <ViewName icon={<IconTable {...small} />} name="Table" /> },
        ]}
      />
      <Search q={filters.q} field={search} onChange={(q) => onFilters({ ...filters, q })} />
      {CHIPS.map((name) => (
        <Chip key={name} name={name} filters={filters} names={names} onFilters={onFilters} />
      ))}
      <span className={styles.space} />
      <Sorts sort={sort} onSort={onSort} />
    </div>
  );
}

const small = { size: 14, stroke: 1.75, "aria-hidden": true } as const;

const ViewName = ({ icon, name }: { icon: ReactNode; name: string }) => (
  <span className={styles.label}>
    {icon}
    {name}
  </span>
);

export function Search({
  q,
  field,
  onChange,
}: {
  q: string;
  field: Ref<HTMLInputElement>;
  onChange: (q: string) => void;
}) {
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => onChange(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      size="xs"
      radius="md"
      className={styles.search}
      ref={field}
      value={typed}
      maxLength={500}
      placeholder="Search all text"
      aria-label="Search all text"
      aria-keyshortcuts="/"
      leftSection={<IconSearch size={12} stroke={2} aria-hidden />}
      rightSection={typed === "" && <Key>/</Key>}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

function Chip({
  name,
  filters,
  names,
  onFilters,
}: {
  name: ChipName;
  filters: Filters;
  names: ReturnType<typeof useNames>;
  onFilters: (filters: Filters) => void;
}) {
  const [open, setOpen] = useState(false);
  const value = chipValue(name, filters, names);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" withRoles={false} trapFocus returnFocus>
      <Popover.Target>
        <span>
          <FilterPill
            on={value !== null}
            aria-haspopup="dialog"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            onClear={value === null ? undefined : () => onFilters(without(name, filters))}
          >
            {name}
            {value === null ? (
              <IconChevronDown size={12} stroke={2} aria-hidden />
            ) : (
              <b dir="auto">{value}</b>
            )}
          </FilterPill>
        </span>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={name}>
        {open && <Panel name={name} filters={filters} names={names} onChange={onFilters} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Sorts({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          h={28}
          variant="subtle"
          leftSection={<IconSortDescending2 {...small} />}
          rightSection={<IconChevronDown size={12} stroke={2} aria-hidden />}
        >
          {SORT_WORDS[sort]}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {SORTS.map((one) => (
          <Menu.Item key={one} aria-current={one === sort} onClick={() => onSort(one)}>
            {SORT_WORDS[one]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
