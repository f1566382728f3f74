import { Button } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconPencil, IconPlayerTrackNext, IconX } from "@tabler/icons-react";
import { Key } from "../../ui/Key";
import type { Session } from "../model/session";
import type { Deeds } from "../useReviewKeys";
import { useReview } from "../useSession";
import styles from "./Pair.module.css";

const icon = { size: 14, stroke: 1.75, "aria-hidden": true } as const;

/** What can be decided, each with its key. */
export function Actions({ session, deeds }: { session: Session; deeds: Deeds }) {
  const canUndo = useReview(session, (now) => now.canUndo);
  return (
    <div className={styles.actions} role="toolbar" aria-label="Decide">
      <Button
        size="md"
        variant="filled"
        leftSection={<IconCheck {...icon} />}
        rightSection={<Key>A</Key>}
        aria-keyshortcuts="A"
        onClick={deeds.accept}
      >
        Accept
      </Button>
      <Button
        size="md"
        c="var(--bad)"
        leftSection={<IconX {...icon} />}
        rightSection={<Key>R</Key>}
        aria-keyshortcuts="R"
        onClick={deeds.reject}
      >
        Reject
      </Button>
      <Button
        size="md"
        leftSection={<IconPencil {...icon} />}
        rightSection={<Key>E</Key>}
        aria-keyshortcuts="E"
        onClick={deeds.edit}
      >
        Edit
      </Button>
      <Button
        size="md"
        leftSection={<IconPlayerTrackNext {...icon} />}
        rightSection={<Key>S</Key>}
        aria-keyshortcuts="S"
        onClick={deeds.skip}
      >
        Skip
      </Button>
      <span className={styles.spring} />
      <Button
        size="md"
        variant="subtle"
        leftSection={<IconArrowBackUp {...icon} />}
        rightSection={<Key>U</Key>}
        aria-keyshortcuts="U"
        disabled={!canUndo}
        bg={canUndo ? undefined : "transparent"}
        onClick={deeds.undo}
      >
        Undo
      </Button>
      <Button
        size="md"
        variant="subtle"
        px={8}
        aria-label="All keys"
        aria-keyshortcuts="?"
        onClick={deeds.help}
      >
        <Key>?</Key>
      </Button>
    </div>
  );
}
