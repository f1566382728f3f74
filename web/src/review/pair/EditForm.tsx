import { Button, Textarea } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconInfoCircle } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { count } from "../../ui/format";
import { commandKey, Key } from "../../ui/Key";
import { changeOf, drafts, type Text, textOf, withChange } from "../model/drafts";
import type { Conflict } from "../model/session";
import type { Pair } from "../model/types";
import { wordCount } from "../model/wordCount";
import { ConflictNote } from "./ConflictNote";
import styles from "./Edit.module.css";
import pane from "./Pair.module.css";

const Changes = lazy(() => import("./Changes").then((module) => ({ default: module.Changes })));
const LONGEST = 20_000;

/** A pair's text as fields, with what is changed of it. */
export function EditForm({
  pair,
  conflict,
  onSave,
  onCancel,
  onTheirs,
}: {
  pair: Pair;
  conflict: Conflict | undefined;
  onSave: (text: Text) => void;
  onCancel: () => void;
  onTheirs: () => void;
}) {
  const before = textOf(pair);
  const [text, setText] = useState<Text>(() => {
    const mine = conflict && withChange(before, onlyText(conflict.mine));
    return mine ?? drafts.read(pair) ?? before;
  });
  const [kept, setKept] = useState(() => drafts.read(pair) !== null);
  const [shown, setShown] = useState(true);
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const field = first.current;
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }, []);

  const change = (changed: Text) => {
    setText(changed);
    if (changeOf(before, changed)) setKept(drafts.keep(pair, changed));
    else {
      drafts.drop(pair);
      setKept(false);
    }
  };
  const wrong = fault(text);
  const save = () => {
    if (wrong) return;
    drafts.drop(pair);
    onSave(text);
  };
  const cancel = () => {
    drafts.drop(pair);
    onCancel();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      cancel();
    } else if (event.altKey && event.code === "KeyD") {
      event.preventDefault();
      setShown(!shown);
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole form
    <div className={styles.form} onKeyDown={onKeyDown}>
      <div className={pane.body}>
        {conflict && <ConflictNote conflict={conflict} mine={text} onMine={save} onTheirs={onTheirs} />}
        {text.turns.length > 0 ? (
          text.turns.map((turn, at) => (
            <Field
              // biome-ignore lint/suspicious/noArrayIndexKey: turns have no other name
              key={at}
              label={turn.role === "user" ? `Question ${at / 2 + 1}` : `Answer ${(at + 1) / 2}`}
              value={turn.content}
              ref={at === 1 ? first : undefined}
              question={turn.role === "user"}
              onChange={(content) =>
                change(withChange(text, { turns: text.turns.with(at, { ...turn, content }) }))
              }
            />
          ))
        ) : (
          <>
            <Field
              label="Question"
              value={text.question}
              question
              onChange={(question) => change({ ...text, question })}
            />
            {before.context && (
              <Field
                label="Context"
                value={text.context}
                onChange={(context) => change({ ...text, context })}
              />
            )}
            <Field
              label="Answer"
              value={text.answer}
              ref={first}
              onChange={(answer) => change({ ...text, answer })}
            />
          </>
        )}
        <div className={styles.under}>
          <span>{wrong ?? (kept ? "Draft kept on this device" : "Nothing changed yet")}</span>
          <span className="num">{count(words(text))} words</span>
        </div>
        {shown && (
          <Suspense fallback={<div className={`card ${styles.changes}`} />}>
            <Changes before={before} after={text} onStartOver={() => change(before)} />
          </Suspense>
        )}
        <p className={pane.origin}>
          <IconInfoCircle size={14} stroke={1.75} aria-hidden />
          Quality and grounding are measured again when you save.
        </p>
      </div>
      <div className={pane.actions} role="toolbar" aria-label="Edit">
        <Button
          size="md"
          variant="filled"
          disabled={wrong !== null}
          leftSection={<IconCheck size={14} stroke={1.75} aria-hidden />}
          rightSection={<Key>{commandKey}↵</Key>}
          aria-keyshortcuts="Meta+Enter Control+Enter"
          onClick={save}
        >
          Save and accept
        </Button>
        <Button
          size="md"
          rightSection={<Key>Esc</Key>}
          leftSection={<IconArrowBackUp size={14} stroke={1.75} aria-hidden />}
          aria-keyshortcuts="Escape"
          onClick={cancel}
        >
          Cancel
        </Button>
        <span className={pane.spring} />
        <button type="button" className={styles.toggle} aria-pressed={shown} onClick={() => setShown(!shown)}>
          <Key>⌥</Key> <Key>D</Key> {shown ? "hide changes" : "show changes"}
        </button>
      </div>
    </div>
  );
}

function Field({
  label,
  value,
  question = false,
  onChange,
  ref,
}: {
  label: string;
  value: string;
  question?: boolean;
  onChange: (value: string) => void;
  ref?: React.Ref<HTMLTextAreaElement> | undefined;
}) {
  return (
    <Textarea
      label={label}
      value={value}
      ref={ref}
      dir="auto"
      autosize
      minRows={question ? 1 : 3}
      maxRows={question ? 6 : 14}
      maxLength={LONGEST}
      classNames={{ label: styles.label, input: question ? styles.question : styles.answer }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** What keeps a text from being saved; null where nothing does. */
function fault(text: Text): string | null {
  const parts = text.turns.length > 0 ? text.turns.map((turn) => turn.content) : [text.question, text.answer];
  return parts.some((part) => part.trim() === "")
    ? "Question and answer need words before this can be saved"
    : null;
}

const words = (text: Text) =>
  text.turns.length > 0
    ? text.turns.reduce((sum, turn) => sum + wordCount(turn.content), 0)
    : wordCount(text.answer);

export const onlyText = ({ review_status: _, ...text }: Conflict["mine"]) => text as Partial<Text>;
