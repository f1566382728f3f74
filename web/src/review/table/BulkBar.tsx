import { Button, Modal, Popover } from "@mantine/core";
import { IconChecks, IconRotate, IconTrash, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { count, plural } from "../../ui/format";
import { Key } from "../../ui/Key";
import { useKeys } from "../../ui/keys";
import { toast } from "../../ui/toast";
import type { BulkAction, Session } from "../model/session";
import { describe, type Names } from "../model/words";
import { useReview } from "../useSession";
import styles from "./Table.module.css";

const VERBS: Record<BulkAction, string> = {
  accept: "Accept",
  reject: "Reject",
  reset: "Reset",
  delete: "Delete",
};
const icon = { size: 14, stroke: 1.75, "aria-hidden": true } as const;

/** What is done with the pairs that are selected; `asked` is what a key asks for. */
export function BulkBar({
  session,
  names,
  asked,
  onAsk,
}: {
  session: Session;
  names: Names;
  asked: BulkAction | null;
  onAsk: (action: BulkAction | null) => void;
}) {
  useReview(session, (now) => now.selection.version);
  const { all, ids, isEmpty } = session.selection;
  const [matching, setMatching] = useState<number | null>(null);
  const [working, setWorking] = useState(false);

  // What the button counts is what the server counts, now.
  useEffect(() => {
    if (!all) return;
    let over = false;
    setMatching(null);
    session
      .matching()
      .then((total) => !over && setMatching(total))
      .catch(() => undefined);
    return () => {
      over = true;
    };
  }, [all, session]);

  const act = (action: BulkAction) => {
    setWorking(true);
    session
      .bulk(action)
      .catch((problem: Error) => toast({ message: `Nothing was changed: ${problem.message}`, tone: "bad" }))
      .finally(() => {
        setWorking(false);
        onAsk(null);
      });
  };
  // The question is there before its button has the focus: Enter is an answer from then on.
  const enters = asked !== null && asked !== "delete" && !isEmpty && !working;
  useKeys({ enter: () => asked && act(asked) }, enters);

  if (isEmpty) return null;
  const number = all ? (matching ?? session.rows.total) : ids.size;
  const meant = all
    ? describe(session.filters, names).join(", ") || "all of the project"
    : "chosen one by one";
  const confirm = { number, meant, working, onAct: act, asked, onAsk };
  return (
    <section className={styles.bulk} aria-label="Selected pairs">
      <div className={styles.meant}>
        <b>
          {all
            ? `${plural(number, "pair")} ${number === 1 ? "matches" : "match"}`
            : `${plural(number, "pair")} selected`}
        </b>
        <div dir="auto">{all ? `All selected · ${meant}` : meant}</div>
      </div>
      <Confirm action="accept" {...confirm}>
        <Button
          size="md"
          variant="filled"
          leftSection={<IconChecks {...icon} />}
          rightSection={<Key>⇧A</Key>}
          aria-keyshortcuts="Shift+A"
          onClick={() => onAsk("accept")}
        >
          Accept {all && "all "}
          {count(number)}
        </Button>
      </Confirm>
      <Confirm action="reject" {...confirm}>
        <Button
          size="md"
          c="var(--bad)"
          leftSection={<IconX {...icon} />}
          rightSection={<Key>⇧R</Key>}
          aria-keyshortcuts="Shift+R"
          onClick={() => onAsk("reject")}
        >
          Reject {all && "all"}
        </Button>
      </Confirm>
      <Confirm action="reset" {...confirm}>
        <Button
          size="md"
          variant="subtle"
          leftSection={<IconRotate {...icon} />}
          onClick={() => onAsk("reset")}
        >
          Reset
        </Button>
      </Confirm>
      <Button
        size="md"
        variant="subtle"
        leftSection={<IconTrash {...icon} />}
        onClick={() => onAsk("delete")}
      >
        Delete…
      </Button>
      <span className={styles.divider} aria-hidden />
      <Button
        size="md"
        variant="subtle"
        rightSection={<Key>Esc</Key>}
        onClick={() => session.clearSelection()}
      >
        Clear
      </Button>
      <Modal
        opened={asked === "delete"}
        onClose={() => onAsk(null)}
        title={`Delete ${plural(number, "pair")}?`}
        size={420}
      >
        <div className={styles.confirm} style={{ width: "auto" }}>
          <p dir="auto">They leave the project and every list: {meant}. This can be undone for 24 hours.</p>
          <div>
            <Button onClick={() => onAsk(null)}>Cancel</Button>
            <Button variant="filled" color="red" loading={working} onClick={() => act("delete")}>
              Delete {count(number)}
            </Button>
          </div>
        </div>
      </Modal>
    </section>
  );
}

/** Says again what is about to happen, to how many; Enter confirms. */
function Confirm({
  action,
  asked,
  number,
  meant,
  working,
  onAct,
  onAsk,
  children,
}: {
  action: BulkAction;
  asked: BulkAction | null;
  number: number;
  meant: string;
  working: boolean;
  onAct: (action: BulkAction) => void;
  onAsk: (action: BulkAction | null) => void;
  children: React.ReactNode;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const opened = asked === action;
  useEffect(() => {
    if (opened) button.current?.focus();
  }, [opened]);
  const what = action === "reset" ? "Their text is as it was made, and nobody has decided." : null;
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && onAsk(null)}
      position="top"
      withRoles={false}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <span>{children}</span>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={`${VERBS[action]} ${plural(number, "pair")}`}>
        <div className={styles.confirm}>
          <p dir="auto">
            <b>
              {VERBS[action]} {plural(number, "pair")}?
            </b>{" "}
            {meant}. {what}
          </p>
          <div>
            <Button onClick={() => onAsk(null)}>Cancel</Button>
            <Button
              ref={button}
              variant="filled"
              data-autofocus
              loading={working}
              onClick={() => onAct(action)}
            >
              {VERBS[action]} {count(number)}
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
