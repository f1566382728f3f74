import { expect, it } from "vitest";
import { open } from "./browser";
import { manual, until } from "./forge";
import { stage } from "./stage";

let project = "";
const on = stage([], async ({ forge }) => {
  project = await forge.project("Chunks", { "pump.md": manual("pump", 40), "seal.md": manual("seal", 5) });
});

type Chunk = { id: string; text: string; excluded: boolean; edited: boolean };
const chunks = (query = "") =>
  on.forge.ask<{ items: Chunk[]; total: number }>("GET", `/projects/${project}/chunks?limit=500&${query}`);

it("narrows by filters that stand in the address", async () => {
  const { page, context, wrong } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${project}/chunks`);
  const { total } = await chunks();
  await page.getByText(`${total} chunks`).waitFor();
  await page.getByRole("button", { name: /^seal\.md/ }).click();
  await page.waitForURL(/document_id=/);
  const list = page.getByRole("list", { name: "Chunk list" });
  const found = (await chunks("q=seal")).total;
  expect(found).toBeLessThan(total);
  await page.getByRole("textbox", { name: "Search in the text" }).fill("valve 3");
  await page.waitForURL(/q=valve/);
  await list
    .getByText(/Valve 3 of the seal/)
    .first()
    .waitFor();
  // The address alone shows the same.
  const address = page.url();
  await page.goto("about:blank");
  await page.goto(address);
  await list
    .getByText(/Valve 3 of the seal/)
    .first()
    .waitFor();
  await page.getByRole("textbox", { name: "Search in the text" }).fill("unicorn");
  await page.getByText("No chunks found").waitFor();
  await page.getByRole("button", { name: "Reset filters" }).click();
  await page.getByText(`${total} chunks`).waitFor();
  expect(wrong).toEqual([]);
  await context.close();
});

it("is used by keys: next, edit, exclude, undo", async () => {
  const { page, context, wrong } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${project}/chunks`);
  const [, second] = (await chunks()).items;
  if (!second) throw new Error("there are too few chunks");
  const now = async () =>
    (await on.forge.ask<Chunk>("GET", `/projects/${project}/chunks/${second.id}`)) as Chunk;
  await page.getByRole("list", { name: "Chunk list" }).waitFor();
  await page.keyboard.press("j");
  await page.waitForURL(new RegExp(`open=${second.id}`));

  await page.keyboard.press("e");
  const field = page.getByRole("textbox", { name: "Text of the chunk" });
  await field.fill("A valve is shut. x and j are letters here.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Chunk changed").waitFor();
  expect(await now()).toMatchObject({ text: "A valve is shut. x and j are letters here.", edited: true });
  await page.keyboard.press("u");
  await until("the text of before", async () => (await now()).text === second.text);

  await page.keyboard.press("x");
  await page.getByText("1 chunk excluded").waitFor();
  await page.getByRole("heading", { name: "Excluded by a person" }).waitFor();
  expect((await now()).excluded).toBe(true);
  await page.keyboard.press("u");
  await until("it is included", async () => !(await now()).excluded);
  expect(wrong).toEqual([]);
  await context.close();
});

it("excludes all that match at once, and undoes it", async () => {
  const { page, context, wrong } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${project}/chunks?q=seal`);
  const { total } = await chunks("q=seal");
  const before = (await chunks("excluded=true")).total;
  await page.getByLabel(/^Select all/).check();
  await page.getByRole("button", { name: `Exclude all ${total}` }).click();
  await page.getByText(/chunks? excluded$/).waitFor();
  expect((await chunks("excluded=true&q=seal")).total).toBe(total);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(/as before/).waitFor();
  expect((await chunks("excluded=true")).total).toBe(before);
  expect(wrong).toEqual([]);
  await context.close();
});
