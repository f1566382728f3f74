import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { open } from "./browser";
import { until } from "./forge";
import { stage } from "./stage";

const EXAMPLES = resolve(import.meta.dirname, "../../examples/documents");
const FILES = ["user-guide.pdf", "admin-handbook.docx", "cli-reference.md", "error-codes.csv"];

const on = stage();

it("leads from nothing to a dataset: upload, parse, generate, review, export, download", async () => {
  const begun = Date.now();
  const { page, context, wrong } = await open(on.browser);
  await page.goto(on.forge.url);
  await page
    .getByRole("button", { name: /project/i })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "New project" });
  await dialog.getByLabel("Name").fill("Dunnock");
  await dialog.getByRole("button", { name: /^Create/ }).click();
  await page.waitForURL(/\/p\/[^/]+\/documents/);
  const project = /\/p\/([^/]+)\//.exec(page.url())?.[1] ?? "";

  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Choose files" }).click(),
  ]);
  await chooser.setFiles(FILES.map((name) => resolve(EXAMPLES, name)));
  for (const name of FILES) await page.getByText(name).first().waitFor();
  await until("all uploads", async () => {
    const { total } = await on.forge.ask<{ total: number }>("GET", `/projects/${project}/documents`);
    return total === FILES.length;
  });
  await page.getByRole("button", { name: "Parse all" }).click();
  // The states come by themselves.
  await page
    .getByText("Parsed", { exact: true })
    .nth(FILES.length - 1)
    .waitFor({ timeout: 120_000 });

  await page
    .getByRole("navigation", { name: "Project" })
    .getByRole("link", { name: /Generate/ })
    .click();
  await page
    .getByRole("button", { name: /Start generating|Generate/ })
    .last()
    .click();
  // The parse is one of the two.
  await page.getByText("Completed").nth(1).waitFor({ timeout: 120_000 });
  expect((await on.forge.pairs(project)).length).toBeGreaterThan(20);

  await page
    .getByRole("navigation", { name: "Project" })
    .getByRole("link", { name: /Review/ })
    .click();
  await page.getByTestId("question").waitFor();
  for (const key of ["a", "r", "a"]) await page.keyboard.press(key);
  await page.keyboard.press("v");
  await page.getByLabel("Select all that match").check();
  await page.keyboard.press("Shift+A");
  await page
    .getByRole("dialog")
    .getByText(/Accept \d+ pairs\?/)
    .waitFor();
  await page.keyboard.press("Enter");
  await page
    .getByText(/pairs accepted$/)
    .first()
    .waitFor();
  await until(
    "all decisions",
    async () => (await on.forge.pairs(project, "review_status=pending")).length === 0,
  );

  await page.getByRole("navigation", { name: "Project" }).getByRole("link", { name: "Export" }).click();
  await page.getByRole("button", { name: "Create version 1" }).click();
  await page.getByText("Version 1 holds").waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    (async () => {
      await page.getByRole("button", { name: "Download version 1" }).click();
      await page.getByRole("menuitem", { name: "The dataset" }).click();
    })(),
  ]);
  const lines = readFileSync(await file.path(), "utf8")
    .trimEnd()
    .split("\n");
  const accepted = (await on.forge.pairs(project, "review_status=accepted")).length;
  expect(lines).toHaveLength(accepted);
  for (const line of lines) {
    const { messages } = JSON.parse(line) as { messages: { role: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  }
  expect(wrong).toEqual([]);
  const seconds = (Date.now() - begun) / 1000;
  console.log(`from an empty server to a downloaded dataset in ${seconds.toFixed(0)} s`);
  expect(seconds).toBeLessThan(180);
  await context.close();
});
