import { Button } from "@mantine/core";
import { IconCircleCheck, IconSparkles } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Empty, NothingFound } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { plural } from "../ui/format";
import type { Session } from "./model/session";
import { describe, type Names } from "./model/words";
import { Newer } from "./queue/Queue";
import page from "./Review.module.css";
import { isPending, useReview } from "./useSession";

/** What is shown where no pair is: why, and what to do next. */
export function Nothing({
  session,
  names,
  project,
  onReset,
}: {
  session: Session;
  names: Names;
  project: string;
  onReset: () => void;
}) {
  const counts = useReview(session, (now) => now.counts);
  const problem = useReview(session, (now) => now.rows.problem);
  if (problem) {
    return (
      <div className={page.center}>
        <ErrorNote
          error={problem}
          title="The pairs cannot be loaded"
          onRetry={() => void session.rows.more()}
        />
      </div>
    );
  }
  const all = counts ? counts.pending + counts.accepted + counts.edited + counts.rejected : null;
  return (
    <div className={page.center}>
      <div>
        <Newer session={session} />
        {all === 0 ? (
          <Empty
            icon={<IconSparkles size={20} stroke={1.75} aria-hidden />}
            title="No pairs yet"
            action={
              <Button
                variant="filled"
                renderRoot={(props) => (
                  <Link to="/p/$projectId/generate" params={{ projectId: project }} {...props} />
                )}
              >
                Generate pairs
              </Button>
            }
          >
            Pairs are made from your chunks. Each one comes here with the passage it rests on.
          </Empty>
        ) : isPending(session.filters) && counts?.pending === 0 ? (
          <Empty
            icon={<IconCircleCheck size={20} stroke={1.75} aria-hidden />}
            title="Everything is reviewed"
            action={
              <Button
                variant="filled"
                renderRoot={(props) => (
                  <Link to="/p/$projectId/export" params={{ projectId: project }} {...props} />
                )}
              >
                Export the dataset
              </Button>
            }
          >
            {plural(counts.accepted + counts.edited, "pair")} are accepted.
          </Empty>
        ) : (
          <NothingFound what="pairs" filters={describe(session.filters, names)} onReset={onReset} />
        )}
      </div>
    </div>
  );
}
