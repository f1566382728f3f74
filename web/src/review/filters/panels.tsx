import { Button, Checkbox, NumberInput, Radio, TextInput } from "@mantine/core";
import { useState } from "react";
import styles from "./Filters.module.css";

/** One value or several of a few that are known. */
export function Choices<T extends string>({
  label,
  options,
  chosen,
  onChange,
}: {
  label: string;
  options: readonly { value: T; label: string }[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}) {
  const [find, setFind] = useState("");
  const wanted = find.trim().toLowerCase();
  const shown = options.filter((option) => option.label.toLowerCase().includes(wanted)).slice(0, 200);
  return (
    <fieldset className={styles.panel} aria-label={label}>
      {options.length > 8 && (
        <TextInput
          size="xs"
          placeholder="Find"
          aria-label={`Find in ${label.toLowerCase()}`}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
        />
      )}
      <div className={styles.choices}>
        {shown.map((option) => (
          <div key={option.value} className={styles.choice}>
            <Checkbox
              label={<span dir="auto">{option.label}</span>}
              checked={chosen.includes(option.value)}
              onChange={(event) =>
                onChange(
                  event.currentTarget.checked
                    ? [...chosen, option.value]
                    : chosen.filter((value) => value !== option.value),
                )
              }
            />
          </div>
        ))}
        {options.length === 0 && <span>There is nothing to choose from yet.</span>}
      </div>
    </fieldset>
  );
}

export type Range = { min: number | null; max: number | null };

const QUICK: [string, Range][] = [
  ["under 0.50", { min: null, max: 0.5 }],
  ["0.50 to 0.80", { min: 0.5, max: 0.8 }],
  ["at least 0.80", { min: 0.8, max: null }],
  ["at least 0.90", { min: 0.9, max: null }],
];

/** A range of scores. */
export function RangePanel({
  label,
  range,
  onChange,
}: {
  label: string;
  range: Range;
  onChange: (range: Range) => void;
}) {
  const field = (name: "min" | "max", words: string) => (
    <NumberInput
      size="xs"
      label={words}
      aria-label={`${label} ${words.toLowerCase()}`}
      min={0}
      max={1}
      step={0.05}
      decimalScale={2}
      clampBehavior="strict"
      value={range[name] ?? ""}
      onChange={(value) => onChange({ ...range, [name]: value === "" ? null : Number(value) })}
    />
  );
  return (
    <fieldset className={styles.panel} aria-label={label}>
      <div className={styles.range}>
        {field("min", "At least")}
        {field("max", "At most")}
      </div>
      <div className={styles.quick}>
        {QUICK.map(([words, quick]) => (
          <Button key={words} size="xs" onClick={() => onChange(quick)}>
            {words}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}

/** With a flag, without one, or either. */
export function FlagPanel({
  flagged,
  onChange,
}: {
  flagged: boolean | null;
  onChange: (flagged: boolean | null) => void;
}) {
  const value = flagged === null ? "either" : String(flagged);
  return (
    <Radio.Group
      aria-label="Flags"
      value={value}
      onChange={(chosen) => onChange(chosen === "either" ? null : chosen === "true")}
    >
      <div className={styles.panel}>
        <Radio size="xs" value="either" label="With or without a flag" />
        <Radio size="xs" value="true" label="With a flag" />
        <Radio size="xs" value="false" label="Without a flag" />
      </div>
    </Radio.Group>
  );
}
