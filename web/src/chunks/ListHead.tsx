import { Button, Checkbox, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconEye, IconEyeOff, IconFilter, IconSearch } from "@tabler/icons-react";
import { type Ref, useEffect, useState } from "react";
import { count, plural } from "../ui/format";
import { Key } from "../ui/Key";
import styles from "./ChunksPage.module.css";
import { type Selection, sizeOf } from "./useChunkChanges";

/** The search, and how many there are or what is done with those that are selected. */
export function ListHead({
  field,
  q,
  onSearch,
  total,
  excluded,
  selection,
  isAll,
  onSelectAll,
  onExclude,
  onFilters,
}: {
  field: Ref<HTMLInputElement>;
  q: string;
  onSearch: (q: string) => void;
  total: number;
  excluded: number;
  selection: Selection;
  isAll: boolean;
  onSelectAll: () => void;
  onExclude: (excluded: boolean) => void;
  onFilters: (() => void) | undefined;
}) {
  const [typed, setTyped] = useState(q);
  const search = useDebouncedCallback(onSearch, 250);
  // Back and Reset change what stands in the URL.
  useEffect(() => setTyped(q), [q]);
  const selected = sizeOf(selection);
  return (
    <>
      <div className={styles.search}>
        <TextInput
          ref={field}
          aria-label="Search in the text"
          placeholder="Search in the text"
          aria-keyshortcuts="/"
          leftSection={<IconSearch size={14} stroke={1.75} aria-hidden />}
          rightSection={<Key>/</Key>}
          maxLength={500}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            search(event.currentTarget.value.trim());
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        {onFilters && (
          <Button px={9} aria-label="Filters" onClick={onFilters}>
            <IconFilter size={16} stroke={1.75} aria-hidden />
          </Button>
        )}
      </div>
      <div className={styles.counts}>
        <Checkbox
          aria-label={`Select all ${plural(total, "chunk")}`}
          checked={isAll}
          indeterminate={!isAll && selected > 0}
          disabled={total === 0}
          onChange={onSelectAll}
        />
        {selected > 0 ? (
          <>
            <span className="num" role="status">
              <b>{count(selected)}</b> selected
            </span>
            <Button
              size="xs"
              leftSection={<IconEyeOff size={14} stroke={1.75} aria-hidden />}
              onClick={() => onExclude(true)}
            >
              Exclude {isAll ? "all " : ""}
              {count(selected)}
            </Button>
            <Button
              size="xs"
              leftSection={<IconEye size={14} stroke={1.75} aria-hidden />}
              onClick={() => onExclude(false)}
            >
              Include {isAll ? "all " : ""}
              {count(selected)}
            </Button>
          </>
        ) : (
          <>
            <span className="num">
              <b>{count(total)}</b> {total === 1 ? "chunk" : "chunks"}
              {excluded > 0 && ` · ${count(excluded)} excluded`}
            </span>
            <span className={styles.order}>Document order</span>
          </>
        )}
      </div>
    </>
  );
}
