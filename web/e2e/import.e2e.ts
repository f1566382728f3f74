import { expect, it } from "vitest";
import { open } from "./browser";
import { until } from "./forge";
import { stage } from "./stage";

const on = stage();

const line = (instruction: string, input: string, output: string) =>
  JSON.stringify({ instruction, input, output });

it("imports pairs, names what it could not read, and shows them with what they rest on", async () => {
  const { id } = await on.forge.ask<{ id: string }>("POST", "/projects", { name: "Imported" });
  const { page, context, wrong } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${id}/documents`);
  await page.getByRole("button", { name: "Import them from JSONL" }).click();
  const dialog = page.getByRole("dialog", { name: "Import pairs" });
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    dialog.getByRole("button", { name: "Choose a JSONL file" }).click(),
  ]);
  const passage = "Valve 3 opens at 103 bar. Its seat is ground before it leaves the works.";
  const lines = [
    line("At which pressure does valve 3 open?", passage, "Valve 3 opens at 103 bar."),
    line("Say good day in French.", "", "Bonjour, which is how one says it by day."),
    '{"instruction": "cut off',
  ];
  await chooser.setFiles({
    name: "old.jsonl",
    mimeType: "application/jsonl",
    buffer: Buffer.from(lines.join("\n")),
  });
  await dialog.getByText("old.jsonl").waitFor();
  // Told by the first line.
  expect(await dialog.getByRole("radio", { name: "Alpaca" }).isChecked()).toBe(true);
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await page.waitForURL(`**/p/${id}/generate*`);
  await until("the import", async () => {
    const { items } = await on.forge.ask<{ items: { status: string }[] }>(
      "GET",
      `/projects/${id}/generations`,
    );
    return items[0]?.status === "completed";
  });
  await page
    .getByText(/1 failed/)
    .first()
    .waitFor();

  await page.goto(`${on.forge.url}/p/${id}/review?sort=-grounding_score`);
  const source = page.getByRole("region", { name: "Source", exact: true });
  await source.getByText("Its seat is ground before it leaves the works.").waitFor();
  await page.goto(`${on.forge.url}/p/${id}/review?sort=grounding_score`);
  await source.getByText("its grounding is not measured").waitFor();
  expect(wrong).toEqual([]);
  await context.close();
});
