import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconLoader2,
  IconMinus,
  IconPencil,
  IconPlayerPause,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./Status.module.css";

export type Tone = "good" | "bad" | "warn" | "accent" | "neutral";
type Known = { tone: Tone; word: string; icon: typeof IconClock; spins?: boolean };

/** The states of documents, runs and pairs. */
const STATES = {
  uploaded: { tone: "neutral", word: "Ready to parse", icon: IconClock },
  parsing: { tone: "accent", word: "Parsing", icon: IconLoader2, spins: true },
  parsed: { tone: "good", word: "Parsed", icon: IconCircleCheck },
  failed: { tone: "bad", word: "Failed", icon: IconCircleX },
  pending: { tone: "neutral", word: "Pending", icon: IconClock },
  generating: { tone: "accent", word: "Generating", icon: IconLoader2, spins: true },
  validating: { tone: "accent", word: "Validating", icon: IconLoader2, spins: true },
  completed: { tone: "good", word: "Completed", icon: IconCircleCheck },
  cancelled: { tone: "neutral", word: "Cancelled", icon: IconMinus },
  accepted: { tone: "good", word: "Accepted", icon: IconCircleCheck },
  rejected: { tone: "bad", word: "Rejected", icon: IconCircleX },
  edited: { tone: "accent", word: "Edited", icon: IconPencil },
  paused: { tone: "warn", word: "Paused", icon: IconPlayerPause },
  warning: { tone: "warn", word: "Warning", icon: IconAlertTriangle },
} satisfies Record<string, Known>;
export type State = keyof typeof STATES;

/** A state: icon, word and colour, always all three. */
export function Status({
  state,
  children,
  tone,
}: {
  state: State;
  /** A word in place of the usual one. */
  children?: ReactNode;
  tone?: Tone;
}) {
  const known: Known = STATES[state];
  const Icon = known.icon;
  return (
    <span className={styles.status} data-tone={tone ?? known.tone}>
      <Icon size={14} stroke={1.75} aria-hidden className={known.spins ? "spin" : undefined} />
      <span>{children ?? known.word}</span>
    </span>
  );
}
