import { useLayoutEffect, useRef } from "react";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeletons } from "../../ui/Skeleton";
import { shown } from "../measure";
import type { Ties } from "../model/evidence";
import type { Session } from "../model/session";
import type { Deeds } from "../useReviewKeys";
import { useReview } from "../useSession";
import { Actions } from "./Actions";
import { ConflictNote } from "./ConflictNote";
import { EditForm } from "./EditForm";
import styles from "./Pair.module.css";
import { PairBody } from "./PairBody";
import { PairHead } from "./PairHead";

/** The pair that is looked at. */
export function PairPane({
  session,
  ties,
  deeds,
  editing,
  onEdited,
}: {
  session: Session;
  ties: Ties | null;
  deeds: Deeds;
  editing: boolean;
  onEdited: () => void;
}) {
  const id = useReview(session, (now) => now.row?.id);
  return (
    <section className={styles.pane} aria-label="Pair">
      <PairHead session={session} editing={editing} />
      <PairContent session={session} ties={ties} deeds={deeds} editing={editing} onEdited={onEdited} />
      {!editing && id && <Actions session={session} deeds={deeds} />}
    </section>
  );
}

/** The same without what stands around it. */
export function PairContent({
  session,
  ties,
  deeds,
  editing,
  onEdited,
}: {
  session: Session;
  ties: Ties | null;
  deeds: Deeds;
  editing: boolean;
  onEdited: () => void;
}) {
  const id = useReview(session, (now) => now.row?.id);
  const detail = useReview(session, (now) => now.detail);
  const conflict = useReview(session, (now) => now.conflicts.get(now.row?.id ?? ""));
  const body = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pair begins at its top
  useLayoutEffect(() => {
    if (body.current) body.current.scrollTop = 0;
    shown();
  }, [id]);

  if (!detail || !ties || !id) {
    return (
      <div className={styles.body}>
        <Skeletons rows={5} height={44} label="Loading the pair" />
      </div>
    );
  }
  const takeTheirs = () => {
    session.takeTheirs(id);
    onEdited();
  };
  if (editing) {
    return (
      <EditForm
        key={`${id}:${conflict?.theirs.revision ?? 0}`}
        pair={detail.pair}
        conflict={conflict}
        onCancel={onEdited}
        onTheirs={takeTheirs}
        onSave={(text) => {
          onEdited();
          session.edit(text);
        }}
      />
    );
  }
  return (
    <div className={styles.body} ref={body}>
      {conflict && (
        <ConflictNote conflict={conflict} onMine={() => session.saveMine(id)} onTheirs={takeTheirs} />
      )}
      {detail.problem && <ErrorNote error={detail.problem} onRetry={() => void session.details.load(id)} />}
      <PairBody detail={detail} ties={ties} onFix={deeds.edit} />
    </div>
  );
}
