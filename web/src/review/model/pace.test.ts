import { expect, it } from "vitest";
import { Pace } from "./pace";

it("leaves long pauses out", () => {
  const pace = new Pace();
  pace.seen(0);
  for (let at = 1; at <= 10; at += 1) pace.decided(at * 30_000);
  expect(pace.perHour()).toBe(120);
  pace.decided(10 * 30_000 + 3_600_000);
  expect(pace.perHour()).toBe(132);
});

it("says nothing before there is something to say", () => {
  const pace = new Pace();
  expect(pace.perHour()).toBeNull();
  pace.decided(5);
  expect(pace.perHour()).toBeNull();
});

it("forgets what is taken back", () => {
  const pace = new Pace();
  pace.seen(0);
  for (let at = 1; at <= 4; at += 1) pace.decided(at * 60_000);
  pace.undone(5 * 60_000);
  expect(pace.perHour()).toBe(36);
});
