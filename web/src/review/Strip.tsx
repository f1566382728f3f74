import { count } from "../ui/format";
import { useLate } from "../ui/Skeleton";
import type { Counts, Session } from "./model/session";
import styles from "./Strip.module.css";
import { useReview } from "./useSession";

const KINDS = ["accepted", "edited", "rejected"] as const;

/** How far the review is: of the whole project, with this session's pace. */
export function Strip({ session }: { session: Session }) {
  const counts = useReview(session, (now) => now.counts);
  return (
    <div className={styles.strip}>
      {counts && <Bar counts={counts} />}
      <div className={styles.facts}>
        {counts && (
          <>
            <span>
              <b>{count(reviewed(counts))}</b> reviewed
            </span>
            <span>
              <b>{count(counts.pending)}</b> left
            </span>
          </>
        )}
        <PerHour session={session} />
        <Unsaved session={session} />
      </div>
      <span className={styles.space} />
      {counts && (
        <div className={`${styles.facts} ${styles.kinds}`}>
          {KINDS.map((kind) => (
            <span key={kind} className={styles.kind} data-kind={kind}>
              <span className={styles.dot} aria-hidden />
              {count(counts[kind])} {kind}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

const reviewed = (counts: Counts) => counts.accepted + counts.edited + counts.rejected;

function Bar({ counts }: { counts: Counts }) {
  const all = Math.max(1, reviewed(counts) + counts.pending);
  const words = KINDS.map((kind) => `${count(counts[kind])} ${kind}`).join(", ");
  return (
    <div className={styles.bar} role="img" aria-label={`${words}, ${count(counts.pending)} left`}>
      {KINDS.map(
        (kind) =>
          counts[kind] > 0 && (
            <span key={kind} data-kind={kind} style={{ width: `${(100 * counts[kind]) / all}%` }} />
          ),
      )}
    </div>
  );
}

export function PerHour({ session }: { session: Session }) {
  const pace = useReview(session, (now) => now.pace.perHour());
  if (pace === null) return null;
  return (
    <span>
      <b>{count(pace)}</b> per hour
    </span>
  );
}

export function Unsaved({ session }: { session: Session }) {
  const waiting = useReview(session, (now) => now.saves.waiting.length);
  const unreachable = useReview(session, (now) => now.saves.unreachable);
  // What is saved at once is not worth a word.
  const late = useLate(waiting > 0, 600);
  if (!late || waiting === 0) return null;
  return (
    <span className={styles.unsaved}>
      {count(waiting)} not saved yet{unreachable && ", the server does not answer"}
    </span>
  );
}
