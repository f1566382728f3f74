import { IconChevronLeft, IconChevronRight, IconFlag, IconPencil } from "@tabler/icons-react";
import { count } from "../../ui/format";
import { Key } from "../../ui/Key";
import { Status } from "../../ui/Status";
import { Tag } from "../../ui/Tag";
import type { Session } from "../model/session";
import type { Pair } from "../model/types";
import { DIFFICULTY_WORDS, FLAG_WORDS, TYPE_WORDS } from "../model/words";
import { useReview } from "../useSession";
import styles from "./Pair.module.css";

/** What kind of pair it is, and where it stands in the queue. */
export function PairHead({ session, editing }: { session: Session; editing: boolean }) {
  const pair = useReview(session, (now) => now.detail?.pair);
  return (
    <div className={styles.head}>
      <div className={styles.tags}>
        {editing ? (
          <>
            <Tag tone="accent" icon={<IconPencil size={14} stroke={1.75} aria-hidden />}>
              Editing
            </Tag>
            <span className={styles.origin}>Saving marks the pair as edited, and accepted</span>
          </>
        ) : (
          pair && <Tags pair={pair} />
        )}
      </div>
      <Place session={session} />
    </div>
  );
}

export function Tags({ pair }: { pair: Pair }) {
  return (
    <>
      {pair.review_status !== "pending" && <Status state={pair.review_status} />}
      {pair.question_type && <Tag>{TYPE_WORDS[pair.question_type]}</Tag>}
      {pair.difficulty && <Tag>{DIFFICULTY_WORDS[pair.difficulty]}</Tag>}
      {pair.topic && (
        <Tag>
          <span dir="auto">{pair.topic.slice(0, 40)}</span>
        </Tag>
      )}
      {pair.flags.map((flag) => (
        <span key={flag.code + flag.detail} title={flag.detail}>
          <Tag tone="bad" icon={<IconFlag size={12} stroke={2} aria-hidden />}>
            {FLAG_WORDS[flag.code]}
          </Tag>
        </span>
      ))}
    </>
  );
}

export function Place({ session }: { session: Session }) {
  const current = useReview(session, (now) => now.current);
  const total = useReview(session, (now) => now.rows.total);
  const length = useReview(session, (now) => now.rows.all.length);
  return (
    <>
      <span className={`num ${styles.place}`}>
        {count(current + 1)} of {count(total)}
      </span>
      <button
        type="button"
        className={styles.move}
        aria-label="Previous pair"
        aria-keyshortcuts="K"
        disabled={current === 0}
        onClick={() => session.move(-1)}
      >
        <IconChevronLeft size={14} stroke={1.75} aria-hidden />
        <Key>K</Key>
      </button>
      <button
        type="button"
        className={styles.move}
        aria-label="Next pair"
        aria-keyshortcuts="J"
        disabled={current + 1 >= length}
        onClick={() => session.move(1)}
      >
        <Key>J</Key>
        <IconChevronRight size={14} stroke={1.75} aria-hidden />
      </button>
    </>
  );
}
