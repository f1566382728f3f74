import { describe, expect, it } from "vitest";
import { barriers, NARROW, open, WIDE } from "./browser";
import { decide, example } from "./demo";
import { stage } from "./stage";

let project = "";
const on = stage(["--demo"], async ({ forge }) => {
  project = await example(forge);
  await decide(forge, project);
});

const PAGES = ["documents", "chunks", "generate", "review", "review?view=table", "export", "analytics"];

describe.each([
  ["wide", "light", WIDE],
  ["wide", "dark", WIDE],
  ["narrow", "light", NARROW],
] as const)("%s, %s", (_, scheme, viewport) => {
  it.each(PAGES)("%s has no barrier", async (name) => {
    const { page, context, wrong } = await open(on.browser, { viewport, dark: scheme === "dark" });
    await page.goto(`${on.forge.url}/p/${project}/${name}`);
    await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    if (name === "review") await page.getByTestId("question").waitFor();
    await page.waitForTimeout(700);
    expect(await barriers(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await context.close();
  });
});

it("the edit form, the list of keys and a filter have no barrier", async () => {
  const { page, context, wrong } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${project}/review`);
  await page.getByTestId("question").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  expect(await barriers(page, [])).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Quality", exact: true }).click();
  await page.getByLabel("Quality at least").waitFor();
  expect(await barriers(page, [])).toEqual([]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "Answer" }).waitFor();
  await page.keyboard.type(" More.");
  await page.getByText("1 word added").waitFor();
  expect(await barriers(page, [])).toEqual([]);
  expect(wrong).toEqual([]);
  await context.close();
});

it("a bar of the analytics leads to the pairs behind it", async () => {
  const { page, context } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${project}/analytics`);
  const bar = page.getByRole("link", { name: /^0\.9\d to 1\.00: \d+ pairs?$/ }).first();
  const counted = Number(/(\d+) pairs?$/.exec((await bar.getAttribute("aria-label")) ?? "")?.[1]);
  await bar.click();
  await page.getByText(`1 of ${counted}`).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Analytics" }).waitFor();
  await context.close();
});
