import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { barriers, launch, open } from "./browser";
import { Forge } from "./forge";

const ISSUER = "https://id.example";
const AUDIENCE = "data-forge";

/** An identity provider: it publishes its key, and signs who somebody is. */
class Provider {
  private readonly keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  private readonly server: Server = createServer((_, reply) => {
    const key = { ...this.keys.publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" };
    reply.setHeader("content-type", "application/json");
    reply.end(JSON.stringify({ keys: [key] }));
  });

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  end() {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** A token of somebody, that ends in so many seconds. */
  token(sub: string, seconds = 3600, key: KeyObject = this.keys.privateKey): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const exp = Math.floor(Date.now() / 1000) + seconds;
    const said = `${part({ alg: "RS256", typ: "JWT", kid: "one" })}.${part({ iss: ISSUER, aud: AUDIENCE, sub, exp })}`;
    return `${said}.${createSign("RSA-SHA256").update(said).sign(key).toString("base64url")}`;
  }
}

const provider = new Provider();
let forge: Forge;
let browser: Browser;

beforeAll(async () => {
  forge = new Forge({
    DATA_FORGE_AUTH: "jwt",
    DATA_FORGE_JWT_JWKS_URL: await provider.start(),
    DATA_FORGE_JWT_ISSUER: ISSUER,
    DATA_FORGE_JWT_AUDIENCE: AUDIENCE,
  });
  await forge.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await forge?.end();
  provider.end();
});

it("asks for a token, says why one is not taken, and shows each person their projects alone", async () => {
  const { page, context, wrong } = await open(browser);
  await page.goto(forge.url);
  const field = page.getByRole("textbox", { name: "Key or token" });
  await field.waitFor();
  expect(await barriers(page)).toEqual([]);
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  for (const bad of [provider.token("ada", -3600), provider.token("ada", 3600, stranger), "no-token"]) {
    await field.fill(bad);
    await page.keyboard.press("Enter");
    await page.locator("[aria-invalid=true]").waitFor();
    expect(await page.evaluate(() => Object.values(sessionStorage))).not.toContain(bad);
  }

  await field.fill(provider.token("ada"));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await page
    .getByRole("button", { name: /project/i })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "New project" });
  await dialog.getByLabel("Name").fill("Of Ada alone");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/p\/[^/]+\/documents/);
  const address = page.url();
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).click();
  await field.waitFor();

  await field.fill(provider.token("ben"));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await page.goto(address);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await page.getByText("There is no page at this address").waitFor();
  expect(await page.getByText("Of Ada alone").count()).toBe(0);
  expect(wrong).toEqual([]);
  await context.close();
});
