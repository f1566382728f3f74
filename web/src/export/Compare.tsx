import { Button, Modal, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import type { Schemas } from "../api/client";
import { changes } from "../review/model/change";
import { Empty } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { count, moment } from "../ui/format";
import { Skeletons } from "../ui/Skeleton";
import { Tag } from "../ui/Tag";
import { UserText } from "../ui/UserText";
import { number, useSearchState } from "../ui/url";
import styles from "./Export.module.css";
import { textsOf } from "./lines";
import { compareQuery, exportsQuery } from "./queries";

type Difference = Schemas["ListOf_Difference"]["items"][number];

/** Two versions beside each other; the address says which. */
export function Compare({ project }: { project: string }) {
  const [search, setSearch] = useSearchState();
  const { data } = useQuery(exportsQuery(project));
  const versions = data?.items ?? [];
  const newest = versions[0]?.version ?? 0;
  const version = number(search, "compare", 1, newest);
  if (version === undefined || versions.length < 2) return null;
  const others = versions.filter((one) => one.version !== version);
  const other = number(search, "with", 1, newest) ?? others.find((one) => one.version < version)?.version;
  const chosen = other ?? others[0]?.version ?? 1;
  const close = () => setSearch({ compare: undefined, with: undefined });
  return (
    <Modal opened onClose={close} title={`Version ${version} compared`} size={760}>
      <div className={styles.dialog}>
        <Select
          label="With"
          data={others.map((one) => ({
            value: String(one.version),
            label: `Version ${one.version}, ${moment(one.created_at)}`,
          }))}
          value={String(chosen)}
          allowDeselect={false}
          onChange={(value) => setSearch({ with: value ?? undefined }, { replace: true })}
        />
        <Differences project={project} version={version} other={chosen} />
      </div>
    </Modal>
  );
}

function Differences({ project, version, other }: { project: string; version: number; other: number }) {
  const pages = useInfiniteQuery(compareQuery(project, version, other));
  if (pages.error && !pages.data)
    return (
      <ErrorNote
        error={pages.error}
        title="The versions cannot be compared"
        onRetry={() => pages.refetch()}
      />
    );
  const first = pages.data?.pages[0];
  if (!first) return <Skeletons rows={4} height={48} label="Comparing" />;
  if (first.total === 0) return <Empty title="Nothing differs">Both hold the same pairs.</Empty>;
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div>
      <p className={styles.counts} role="status">
        <Tag tone="good">{count(first.added)} added</Tag>
        <Tag tone="bad">{count(first.removed)} removed</Tag>
        <Tag tone="accent">{count(first.changed)} changed</Tag>
        <span className={styles.hint}>since version {other}</span>
      </p>
      {items.map((item) => (
        <Item key={`${item.pair_id} ${item.change}`} item={item} />
      ))}
      {pages.hasNextPage && (
        <Button fullWidth loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
          Show more of {count(first.total)}
        </Button>
      )}
    </div>
  );
}

const TONES = { added: "good", removed: "bad", changed: "accent" } as const;
const WORDS = { added: "Added", removed: "Removed", changed: "Changed" } as const;

function Item({ item }: { item: Difference }) {
  const before = textsOf(item.before);
  const after = textsOf(item.after);
  const length = Math.max(before.length, after.length);
  return (
    <article className={styles.difference}>
      <div className={styles.differenceHead}>
        <Tag tone={TONES[item.change]}>{WORDS[item.change]}</Tag>
        <UserText text={item.filename} />
        {item.page_start != null && <span>page {count(item.page_start)}</span>}
      </div>
      {length === 0 && <p>A file of columns: its rows are not shown here.</p>}
      {Array.from({ length }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no other name
        <p key={at} dir="auto">
          {item.change === "changed" ? (
            <Words before={before[at] ?? ""} after={after[at] ?? ""} />
          ) : (
            (after[at] ?? before[at])
          )}
        </p>
      ))}
    </article>
  );
}

/** One text and what has become of it, word by word. */
function Words({ before, after }: { before: string; after: string }) {
  if (before === after) return after;
  return changes(before, after).parts.map(({ kind, text }, at) => {
    const Part = kind === "added" ? "ins" : kind === "removed" ? "del" : Fragment;
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
    return <Part key={at}>{kind === "gap" ? " … " : text}</Part>;
  });
}
