import { Button } from "@mantine/core";
import { IconChevronRight, IconFileText, IconStack2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Fragment, useEffect, useRef, useState } from "react";
import { plural } from "../../ui/format";
import { Key } from "../../ui/Key";
import { Skeletons } from "../../ui/Skeleton";
import type { Detail } from "../model/details";
import type { Ties } from "../model/evidence";
import { LONGEST, visible } from "../pair/Answer";
import { useLit } from "../pair/lit";
import { SourceText } from "../pair/SourceText";
import styles from "./Source.module.css";

type Source = NonNullable<Detail["source"]>;

/** The chunk that a pair was made from, beside it. */
export function SourcePane({
  detail,
  ties,
  project,
}: {
  detail: Detail | undefined;
  ties: Ties | null;
  project: string;
}) {
  const source = detail?.source;
  return (
    <section className={styles.pane} aria-label="Source">
      {source && ties ? (
        <>
          <SourceHead source={source} />
          <SourceBody key={detail.pair.id} source={source} ties={ties} />
          <Foot source={source} ties={ties} project={project} />
        </>
      ) : source === null ? (
        <p className={styles.body}>What this pair was made from is not there any more.</p>
      ) : (
        <div className={styles.body}>
          <Skeletons rows={6} height={40} label="Loading the source" />
        </div>
      )}
    </section>
  );
}

export function pages(source: Source): string | null {
  const { page_start: start, page_end: end } = source;
  if (start == null) return null;
  return end == null || end === start ? `Page ${start}` : `Pages ${start}–${end}`;
}

export function SourceHead({ source }: { source: Source }) {
  const path = source.heading_path.length > 0 ? source.heading_path : [source.title];
  const facts = [pages(source), source.chunk && plural(source.chunk.token_count, "token")].filter(Boolean);
  return (
    <div className={styles.head}>
      <div className={styles.file}>
        <IconFileText size={14} stroke={1.75} aria-hidden />
        <span className={styles.truncate} dir="auto" title={source.filename}>
          {source.filename}
        </span>
        <span className="num">{facts.join(" · ")}</span>
      </div>
      <h2 className={styles.path} dir="auto" title={path.join(" › ")}>
        {path.map((heading, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: headings may repeat
          <Fragment key={at}>
            {at > 0 && <span> › </span>}
            {visible(heading)}
          </Fragment>
        ))}
      </h2>
    </div>
  );
}

export function SourceBody({ source, ties }: { source: Source; ties: Ties }) {
  const lit = useLit();
  const body = useRef<HTMLElement>(null);
  const kind = source.content_type;
  const first = ties.sentences[0]?.number;

  // What is pinned is scrolled to; a pair begins with its first evidence in sight.
  useEffect(() => {
    const wanted = lit.pinned ?? first;
    const mark = wanted && body.current?.querySelector(`[data-mark="source-${wanted}"]`);
    if (mark && body.current) show(mark, body.current, lit.pinned !== null);
  }, [lit.pinned, first]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section className={styles.body} ref={body} tabIndex={0} aria-label="Source text">
      {source.outdated && (
        <p className={styles.note}>
          The chunk was changed since. This is what it said when the pair was made.
        </p>
      )}
      {source.previous && <Beside label="Previous chunk" neighbour={source.previous} />}
      {source.table_header.length > 0 && (
        <p className={styles.beside} dir="auto">
          {source.table_header.map(visible).join(" | ")}
        </p>
      )}
      {source.text ? (
        <div data-kind={kind} className={styles.text}>
          <SourceText ties={ties} />
        </div>
      ) : (
        <p className={styles.note}>
          This pair was imported without a text that its answer rests on, so its grounding is not measured.
        </p>
      )}
      {source.next && <Beside label="Next chunk" neighbour={source.next} />}
    </section>
  );
}

/** Scrolls to a mark, and nothing but what it stands in; without `always` where it is out of sight alone. */
function show(mark: Element, within: HTMLElement, always: boolean): void {
  const outer = within.getBoundingClientRect();
  const inner = mark.getBoundingClientRect();
  const isSeen = inner.top >= outer.top && inner.bottom <= outer.bottom - 80;
  if (always || !isSeen) within.scrollTop += inner.top - outer.top - outer.height / 3;
}

function Beside({ label, neighbour }: { label: string; neighbour: NonNullable<Source["next"]> }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={styles.neighbour} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={12} stroke={2} aria-hidden />
        <span dir="auto">
          {label}: {visible(neighbour.heading_path.slice(-2).join(", ") || neighbour.text.slice(0, 60))}
        </span>
      </button>
      {open && (
        <p className={styles.beside} dir="auto">
          {visible(neighbour.text.slice(0, LONGEST))}
        </p>
      )}
    </>
  );
}

function Foot({ source, ties, project }: { source: Source; ties: Ties; project: string }) {
  const last = Math.min(ties.sentences.length, 9);
  return (
    <div className={styles.foot}>
      {last > 0 && (
        <>
          <Key>1</Key>
          {last > 1 && (
            <>
              to <Key>{last}</Key>
            </>
          )}
          <span>show a sentence’s evidence</span>
        </>
      )}
      <span className={styles.space} />
      {source.chunk && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconStack2 size={14} stroke={1.75} aria-hidden />}
          renderRoot={(props) => (
            <Link
              to="/p/$projectId/chunks"
              params={{ projectId: project }}
              search={{ document_id: source.chunk?.document_id, chunk: source.chunk?.id } as never}
              {...props}
            />
          )}
        >
          Open chunk
        </Button>
      )}
    </div>
  );
}
