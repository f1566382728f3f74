import { expect, it } from "vitest";
import { open } from "./browser";
import { manual, until } from "./forge";
import { stage } from "./stage";

const on = stage();

it("shows a run go on by itself when the server was killed and started again", async () => {
  const { id } = await on.forge.ask("POST", "/projects", { name: "Killed" });
  for (let at = 0; at < 6; at += 1) {
    const text = manual(`engine ${at}`, 150);
    await on.forge.ask("POST", `/projects/${id}/documents`, { filename: `engine-${at}.md`, text });
  }
  const { page, context, wrong } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${id}/documents`);
  await page.getByRole("button", { name: "Parse all" }).click();
  await page.getByText("Parsed", { exact: true }).nth(5).waitFor({ timeout: 120_000 });

  await page.goto(`${on.forge.url}/p/${id}/generate`);
  await page.getByRole("button", { name: "Start generating" }).click();
  await page
    .getByText(/^(Generating|Validating)$/)
    .first()
    .waitFor();
  await on.forge.kill();
  await page.getByText("Live updates paused").waitFor();
  await on.forge.start();
  await page.getByText("Live updates paused").waitFor({ state: "hidden", timeout: 60_000 });
  // The parse is one of the two. Nobody reloads the page.
  await page.getByText("Completed").nth(1).waitFor({ timeout: 120_000 });
  const pairs = await on.forge.pairs(id);
  await until(
    "the number of pairs",
    async () => (await page.getByText(`${pairs.length.toLocaleString("en-US")} pairs`).count()) > 0,
  );
  expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
  expect(wrong).toEqual([]);
  await context.close();
});
