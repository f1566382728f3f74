import { Button } from "@mantine/core";
import { IconAlertTriangle, IconArrowsDiff } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { ago } from "../../ui/format";
import { type Text, textOf } from "../model/drafts";
import type { Conflict } from "../model/session";
import { STATUS_WORDS } from "../model/words";
import styles from "./Edit.module.css";

const Changes = lazy(() => import("./Changes").then((module) => ({ default: module.Changes })));

/** Somebody else was first: nothing was overwritten, and nothing is lost. */
export function ConflictNote({
  conflict,
  mine,
  onMine,
  onTheirs,
}: {
  conflict: Conflict;
  /** My text as it is now; undefined where I changed none. */
  mine?: Text | undefined;
  onMine: () => void;
  onTheirs: () => void;
}) {
  const [both, setBoth] = useState(false);
  const { theirs, began } = conflict;
  const when = ago(theirs.reviewed_at ?? theirs.updated_at);
  const said = mine
    ? "your text is still here"
    : `you said ${STATUS_WORDS[conflict.mine.review_status ?? "accepted"].toLowerCase()}`;
  return (
    <div role="alert" className={styles.conflict}>
      <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
      <div>
        <h2>This pair was changed elsewhere</h2>
        <p>
          It is {STATUS_WORDS[theirs.review_status].toLowerCase()} since {when} (revision {theirs.revision},
          you began on {began}). Nothing was overwritten, and {said}.
        </p>
        <div className={styles.choices}>
          {mine && (
            <Button
              size="xs"
              leftSection={<IconArrowsDiff size={14} stroke={1.75} aria-hidden />}
              aria-expanded={both}
              onClick={() => setBoth(!both)}
            >
              Show both
            </Button>
          )}
          <Button size="xs" onClick={onMine}>
            Save mine over it
          </Button>
          <Button size="xs" variant="subtle" onClick={onTheirs}>
            Take theirs
          </Button>
        </div>
        {both && mine && (
          <div className={styles.both}>
            <Suspense>
              <Changes before={textOf(theirs)} after={mine} />
            </Suspense>
          </div>
        )}
      </div>
    </div>
  );
}
