import { ActionIcon, NumberInput, Slider } from "@mantine/core";
import { IconCheck, IconLock, IconLockOpen } from "@tabler/icons-react";
import { useState } from "react";
import { numberOf } from "../../ui/format";
import { LEVELS, type Locks, move, type Shares } from "./difficulty";
import styles from "./GenerateForm.module.css";

const WORDS = { easy: "Easy", medium: "Medium", hard: "Hard" };

/** How often each difficulty is asked for: one moved, the unlocked others share the rest. */
export function Difficulty({ shares, onChange }: { shares: Shares; onChange: (shares: Shares) => void }) {
  const [locks, setLocks] = useState<Locks>({ easy: false, medium: false, hard: false });
  const icon = { size: 14, stroke: 1.75, "aria-hidden": true } as const;
  return (
    <fieldset className={styles.difficulty}>
      <legend className={styles.difficultyHead}>
        <span className={styles.label}>Difficulty</span>
        <span className={styles.sum}>
          <IconCheck size={13} stroke={2} aria-hidden />
          Adds up to 100%
        </span>
      </legend>
      {LEVELS.map((level) => {
        const isStuck = locks[level] || LEVELS.every((other) => other === level || locks[other]);
        const set = (value: number | string) => {
          onChange(move(shares, locks, level, numberOf(value) ?? shares[level]));
        };
        return (
          <div key={level} className={styles.sliderRow}>
            <span className={styles.level}>{WORDS[level]}</span>
            <Slider
              className={styles.slider}
              size={4}
              thumbSize={14}
              label={null}
              disabled={isStuck}
              value={shares[level]}
              onChange={set}
              thumbLabel={WORDS[level]}
            />
            <NumberInput
              className={styles.number}
              aria-label={`${WORDS[level]} in percent`}
              min={0}
              max={100}
              suffix="%"
              hideControls
              allowDecimal={false}
              disabled={isStuck}
              value={shares[level]}
              onChange={set}
            />
            <ActionIcon
              aria-label={`Lock ${WORDS[level]}`}
              aria-pressed={locks[level]}
              onClick={() => setLocks({ ...locks, [level]: !locks[level] })}
            >
              {locks[level] ? <IconLock {...icon} /> : <IconLockOpen {...icon} />}
            </ActionIcon>
          </div>
        );
      })}
    </fieldset>
  );
}
