import { Button } from "@mantine/core";
import { IconMinus, IconPlus, IconRotate } from "@tabler/icons-react";
import { useDeferredValue, useMemo } from "react";
import { count } from "../../ui/format";
import { Tag } from "../../ui/Tag";
import { changes, type Changes as Found } from "../model/change";
import type { Text } from "../model/drafts";
import { visible } from "./Answer";
import styles from "./Edit.module.css";

/** What is changed of a text, word by word. */
export function Changes({
  before,
  after,
  onStartOver,
}: {
  before: Text;
  after: Text;
  onStartOver?: (() => void) | undefined;
}) {
  const late = useDeferredValue(after);
  const old = useDeferredValue(before);
  const found = useMemo(() => compare(old, late), [old, late]);
  const added = found.reduce((sum, one) => sum + one.added, 0);
  const removed = found.reduce((sum, one) => sum + one.removed, 0);
  return (
    <section className={`card ${styles.changes}`} aria-label="Changes">
      <div className={styles.changesHead}>
        <h2>Changes</h2>
        <Tag tone="good" icon={<IconPlus size={12} stroke={2} aria-hidden />}>
          {count(added)} {added === 1 ? "word" : "words"} added
        </Tag>
        <Tag tone="bad" icon={<IconMinus size={12} stroke={2} aria-hidden />}>
          {count(removed)} removed
        </Tag>
        <span className={styles.space} />
        {onStartOver && found.length > 0 && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconRotate size={14} stroke={1.75} aria-hidden />}
            onClick={onStartOver}
          >
            Start over
          </Button>
        )}
      </div>
      {found.length === 0 && <p className={`${styles.text} ${styles.gap}`}>Nothing is changed yet.</p>}
      {found.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
        <p key={at} className={styles.text} dir="auto">
          {one.parts.map((part, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
            <Part key={place} kind={part.kind} text={visible(part.text)} />
          ))}
        </p>
      ))}
    </section>
  );
}

function Part({ kind, text }: { kind: Found["parts"][number]["kind"]; text: string }) {
  if (kind === "added") return <ins>{text}</ins>;
  if (kind === "removed") return <del>{text}</del>;
  return kind === "gap" ? <span className={styles.gap}>{text} </span> : text;
}

/** Each part of the text that is changed. */
function compare(before: Text, after: Text): Found[] {
  const parts: [string, string][] =
    before.turns.length > 0
      ? before.turns.map((turn, at) => [turn.content, after.turns[at]?.content ?? ""])
      : [
          [before.question, after.question],
          [before.context, after.context],
          [before.answer, after.answer],
        ];
  return parts.filter(([a, b]) => a !== b).map(([a, b]) => changes(a, b));
}
