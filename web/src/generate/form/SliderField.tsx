import { NumberInput, Slider } from "@mantine/core";
import { useId } from "react";
import { numberOf } from "../../ui/format";
import styles from "./GenerateForm.module.css";

/** A slider with its number beside it. */
export function SliderField({
  label,
  hint,
  min,
  max,
  step,
  value,
  onChange,
}: {
  label: string;
  hint?: string;
  min: number;
  max: number;
  step: number;
  value: number;
  onChange: (value: number) => void;
}) {
  const id = useId();
  return (
    <div className={styles.sliderField}>
      <span id={id} className={styles.label}>
        {label}
      </span>
      <div className={styles.sliderRow}>
        <Slider
          className={styles.slider}
          size={4}
          thumbSize={14}
          min={min}
          max={max}
          step={step}
          label={null}
          value={value}
          onChange={onChange}
          thumbProps={{ "aria-labelledby": id }}
        />
        <NumberInput
          className={styles.number}
          aria-labelledby={id}
          min={min}
          max={max}
          step={step}
          clampBehavior="strict"
          decimalScale={step < 1 ? 2 : 0}
          hideControls
          value={value}
          onChange={(next) => onChange(numberOf(next) ?? value)}
        />
      </div>
      {hint && <span className={styles.hint}>{hint}</span>}
    </div>
  );
}
