import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { barriers, launch, NARROW, open } from "./browser";
import { example } from "./demo";
import { Forge } from "./forge";

/** Somebody who trains, by OpenAI's API. */
class Trainer {
  jobs: Record<string, unknown>[] = [];
  files = 0;
  private readonly server: Server = createServer((request, reply) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const answer = (value: unknown) => reply.end(JSON.stringify(value));
      reply.setHeader("content-type", "application/json");
      if (request.url?.endsWith("/files")) {
        this.files += 1;
        answer({ id: `file-${this.files}` });
      } else if (request.method === "POST") {
        const asked = JSON.parse(body);
        this.jobs.push({ ...asked, id: `ftjob-${this.jobs.length + 1}`, status: "queued" });
        answer(this.jobs.at(-1));
      } else {
        const id = request.url?.split("/").pop();
        answer(this.jobs.find((job) => job.id === id) ?? { data: this.jobs, has_more: false });
      }
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  end() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const trainer = new Trainer();
let forge: Forge;
let browser: Browser;
let project = "";
let pairs: { id: string }[] = [];

beforeAll(async () => {
  forge = new Forge({ DATA_FORGE_FINETUNE_URL: await trainer.start() });
  await forge.start("--demo");
  browser = await launch();
  project = await example(forge);
  pairs = await forge.pairs(project);
  const ids = pairs.slice(0, 30).map(({ id }) => id);
  await forge.ask("POST", `/projects/${project}/pairs/bulk-action`, { action: "accept", pair_ids: ids });
});

afterAll(async () => {
  await browser?.close();
  await forge?.end();
  trainer.end();
});

it("makes a version that is split, compares it with one before, and hands it over", async () => {
  const { page, context, wrong } = await open(browser);
  await page.goto(`${forge.url}/p/${project}/export`);
  await page.getByRole("button", { name: "Create version 1" }).click();
  await page.getByRole("cell", { name: "Version 1", exact: true }).waitFor();
  await forge.ask("PUT", `/pairs/${pairs[0]?.id}`, { answer: "What a person wrote." });
  await forge.ask("PUT", `/pairs/${pairs[1]?.id}`, { review_status: "rejected" });

  await page.getByText("20%", { exact: true }).click();
  await page.waitForURL(/validation=0\.2/);
  const what = page.getByRole("complementary", { name: "What goes in" });
  await what.getByText("23 + 6").waitFor();
  await what.getByRole("link", { name: "Rejected, left out" }).waitFor();
  await page.getByRole("button", { name: "Create version 2" }).click();
  await page.getByRole("cell", { name: /^29 pairs \(\d+ \+ \d+\)$/ }).waitFor();

  await page.getByRole("button", { name: "Compare version 2" }).click();
  const compared = page.getByRole("dialog", { name: "Version 2 compared" });
  await compared.getByText("1 removed").waitFor();
  await compared.getByText("1 changed").waitFor();
  await compared.locator("ins", { hasText: "What a person wrote." }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.goBack();
  await compared.waitFor({ state: "hidden" });

  await page.getByRole("button", { name: "Fine-tune on version 2" }).click();
  const dialog = page.getByRole("dialog", { name: "Fine-tune on version 2" });
  await dialog.getByLabel("Model").fill("small");
  await dialog.getByLabel("Epochs").fill("2");
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await dialog.getByText("Queued").waitFor();
  expect(trainer.files).toBe(2);
  expect(trainer.jobs[0]).toMatchObject({ model: "small", hyperparameters: { n_epochs: 2 } });
  Object.assign(trainer.jobs[0] ?? {}, { status: "succeeded", fine_tuned_model: "ft:small" });
  // It looks again by itself.
  await dialog.getByText("ft:small").waitFor();
  expect(wrong).toEqual([]);
  await context.close();
});

it("offers every file of a version, also on a narrow screen", async () => {
  const { page, context, wrong } = await open(browser, { viewport: NARROW, dark: true });
  await page.goto(`${forge.url}/p/${project}/export`);
  await page.getByRole("button", { name: "Download version 2" }).click();
  const names = await page.getByRole("menuitem").allInnerTexts();
  expect(names).toHaveLength(9);
  for (const name of names) {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name, exact: true }).click(),
    ]);
    expect(await file.failure()).toBeNull();
    await page.getByRole("button", { name: "Download version 2" }).click();
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  expect(wrong).toEqual([]);
  await context.close();
});
