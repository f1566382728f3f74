import { beforeEach, expect, it } from "vitest";
import { Keeper } from "./kept";

const save = (pair: string) => ({ pair, revision: 1, change: { review_status: "accepted" as const } });

beforeEach(() => localStorage.clear());

it("gives back what its own tab and dead tabs kept, once", () => {
  new Keeper("p", localStorage, "mine").keep([save("a")]);
  new Keeper("p", localStorage, "dead").keep([save("b")]);
  new Keeper("p", localStorage, "living").keep([save("c")]);
  new Keeper("q", localStorage, "dead").keep([save("d")]);
  const keeper = new Keeper("p", localStorage, "mine");
  const living = new Set(["mine", "living"]);
  expect(keeper.take(living).map((one) => one.pair)).toEqual(["b", "a"]);
  const again = new Keeper("p", localStorage, "mine");
  expect(again.take(living).map((one) => one.pair)).toEqual(["b", "a"]);
  again.keep([]);
  expect(again.take(living)).toEqual([]);
  expect(Object.keys(localStorage)).toHaveLength(2);
});

it("is not broken by what is no list of saves", () => {
  localStorage.setItem("data-forge-saves:p:dead", "{oops");
  localStorage.setItem("data-forge-saves:p:older", '[{"pair":3},null]');
  expect(new Keeper("p", localStorage, "mine").take(new Set())).toEqual([]);
});
