import { useEffect, useRef, useState } from "react";
import type { Session } from "./model/session";
import { visible } from "./pair/Answer";
import page from "./Review.module.css";
import { useReview } from "./useSession";

/** Tells screen readers of the next question, and of each tenth of the way; decisions are told by the toast. */
export function Announcer({ session }: { session: Session }) {
  const id = useReview(session, (now) => now.row?.id);
  const decided = useReview(session, (now) => now.decided);
  const [words, setWords] = useState("");
  const tenth = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pair is another question
  useEffect(() => {
    const question = session.row?.question;
    if (question === undefined || session.decided === 0) return;
    const total = session.rows.total;
    const now = total > 0 ? Math.floor((10 * session.decided) / total) : 0;
    const progress = now > tenth.current ? ` ${now * 10}% of the queue is decided.` : "";
    tenth.current = now;
    setWords(`Next: ${visible(question)}${progress}`);
  }, [id, decided, session]);
  return (
    <div className={page.live} aria-live="polite">
      {words}
    </div>
  );
}
