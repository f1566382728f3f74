const integer = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const month = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const monthAndYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "medium" });

/** 4812 → "4,812" */
export const count = (n: number) => integer.format(n);

/** 6154 → "6.2k" */
export const short = (n: number) => compact.format(n).toLowerCase();

/** "1 chunk", "4,812 chunks" */
export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** Of tokens: 2410000 → "2.41 M" */
export function tokens(n: number): string {
  if (n >= 999_500) return `${(n / 1e6).toFixed(2)} M`;
  return count(n);
}

/** 84000 → "84 kB" */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 999_500) return `${Math.round(n / 1000)} kB`;
  if (n < 999_500_000) return `${(n / 1e6).toFixed(1)} MB`;
  return `${(n / 1e9).toFixed(2)} GB`;
}

/** A score of 0 to 1; "–" where it was not measured. */
export const score = (x: number | null | undefined) => (x == null ? "–" : x.toFixed(2));

/** USD; "–" where no price is known. */
export function dollars(x: number | null | undefined): string {
  if (x == null) return "–";
  return x > 0 && x < 0.01 ? "<$0.01" : `$${x.toFixed(2)}`;
}

/** 1300 → "21 m 40 s" */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return "–";
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const pad = (n: number) => String(n).padStart(2, "0");
  if (s < 3600) return `${Math.floor(s / 60)} m ${pad(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} m`;
}

/** "38 min", for estimates. */
export function about(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Relative under a day, then the date. */
export function ago(time: string, now = Date.now()): string {
  const then = new Date(time);
  const seconds = (now - then.getTime()) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return (then.getFullYear() === new Date(now).getFullYear() ? month : monthAndYear).format(then);
}

/** "14:11" today, else "7 Nov, 16:20" */
export function moment(time: string, now = new Date()): string {
  const then = new Date(time);
  const today = then.toDateString() === now.toDateString();
  return today ? `today ${clock.format(then)}` : `${month.format(then)}, ${clock.format(then)}`;
}

/** The whole of a time, for hovering over. */
export const exactly = (time: string) => exact.format(new Date(time));

/** What a number field holds: it gives "0.50" as a text and 0.5 as a number. Null where it holds none. */
export function numberOf(value: number | string): number | null {
  if (typeof value === "string" && value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A reason as a sentence of its own. */
export function sentence(text: string): string {
  const [first = "", ...rest] = text.trim();
  const whole = `${first.toUpperCase()}${rest.join("")}`;
  return /[.!?…]$/.test(whole) || whole === "" ? whole : `${whole}.`;
}
