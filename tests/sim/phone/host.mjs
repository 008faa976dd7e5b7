/**
 * Hosts all phones of a simulation: one JSON line in says what happens now, one JSON line out tells what the phones
 * did by themselves until nothing moved any more. Nothing here waits for real time.
 *
 * In: `{"now": ms, "until": ms, "do": [{"c": command, …}]}`. After the commands, timers run on until a moment, or until
 * there is something to tell. Out: `{"requests", "done", "reloads", "deaths", "troubles", "now", "wake"}`.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Script } from 'node:vm';
import { dice, GLOBALS, Phone } from './device.mjs';
import { eventOf } from './events.mjs';

const drained = () => new Promise((resolve) => setImmediate(resolve));

/** The programs a phone may run, by name: each a function of the browser's globals. */
const apps = new Map();

function appFrom(path) {
  const source = readFileSync(path, 'utf8');
  return new Script(`(function (${GLOBALS.join(', ')}) {${source}\nreturn Phone; })`, { filename: path }).runInThisContext();
}

const nothing = () => ({ requests: [], done: [], reloads: [], deaths: [], troubles: [] });

class World {
  now = 0;
  phones = new Map();
  said = nothing();
  #id = 0;
  #random = dice(1);

  nextId() {
    this.#id += 1;
    return this.#id;
  }

  /** Begins anew for another seed. */
  clear(seed) {
    for (const phone of this.phones.values()) phone.kill(false);
    this.phones.clear();
    this.#random = dice(seed);
    this.#id = 0;
  }

  send(tab, request) {
    const id = this.nextId();
    const headers = Object.fromEntries(request.headers);
    const { pathname, search } = new URL(request.url);
    const binary = request.body !== null && typeof request.body !== 'string';
    const body = binary ? Buffer.from(request.body).toString('base64') : request.body;
    const { name: phone } = tab.phone;
    this.said.requests.push({ id, phone, tab: tab.name, method: request.method, path: pathname + search, headers, body, binary });
    return id;
  }

  reload(tab) {
    this.said.reloads.push({ phone: tab.phone.name, tab: tab.name });
  }

  /** Runs tasks, of a random tab each time, until none is left. */
  async run() {
    for (;;) {
      const ready = [];
      for (const phone of this.phones.values())
        for (const tab of phone.tabs.values()) if (tab.tasks.length > 0) ready.push(tab);
      if (ready.length === 0) return;
      const tab = ready.length === 1 ? ready[0] : ready[Math.floor(this.#random() * ready.length)];
      await this.#step(tab);
    }
  }

  async #step(tab) {
    const { phone } = tab;
    if (phone.steps !== null) {
      phone.steps.left -= 1;
      if (phone.steps.left < 0) {
        phone.kill(phone.steps.power);
        this.said.deaths.push(phone.name);
        return;
      }
    }
    this.#perform(tab, tab.tasks.shift());
    await drained();
    await this.settle(tab);
  }

  async settle(tab) {
    while (tab.afters.length > 0) {
      for (const work of tab.afters.splice(0)) this.#perform(tab, work);
      await drained();
    }
  }

  /** A page whose task throws lives on, as in a browser; that it threw is told. */
  #perform(tab, work) {
    try {
      work();
    } catch (error) {
      this.said.troubles.push(`${tab.phone.name}.${tab.name}: ${error?.stack ?? error}`);
    }
  }

  /** Time goes on, from timer to timer, while there is nothing to tell. */
  async liveUntil(moment) {
    for (let at = this.wake(); at !== null && at <= moment && !this.hasNews(); at = this.wake()) {
      this.now = Math.max(this.now, at);
      for (const phone of this.phones.values()) for (const tab of phone.tabs.values()) tab.runTimers();
      await this.run();
    }
  }

  hasNews() {
    return Object.values(this.said).some((list) => list.length > 0);
  }

  wake() {
    let soonest = null;
    for (const phone of this.phones.values())
      for (const tab of phone.tabs.values())
        for (const { at } of tab.timers.values()) if (soonest === null || at < soonest) soonest = at;
    return soonest;
  }
}

const world = new World();

const COMMANDS = {
  app: ({ name, path }) => void apps.set(name, appFrom(path)),
  clear: ({ seed }) => world.clear(seed),
  phone: ({ phone, seed }) => void world.phones.set(phone, new Phone(world, phone, seed)),
  open({ phone, tab, app }) {
    world.phones.get(phone).open(tab, apps.get(app));
  },
  call({ phone, tab, id, name, args }) {
    const page = world.phones.get(phone).tabs.get(tab);
    if (!page) return; // it died over the command before; whoever calls is told of that
    page.task(() => {
      Promise.resolve()
        .then(() => page.app[name](...args))
        .then(
          (value) => page.alive && world.said.done.push({ id, value: value ?? null }),
          (error) => page.alive && world.said.done.push({ id, error: error.name, message: String(error.message) }),
        );
    });
  },
  answer({ phone, tab, request, status, headers, text }) {
    world.phones.get(phone)?.tabs.get(tab)?.answer(request, { status, headers, text });
  },
  fail({ phone, tab, request }) {
    world.phones.get(phone)?.tabs.get(tab)?.answer(request, null);
  },
  set({ phone, online, wifi, clock, quota, steps, power }) {
    const one = world.phones.get(phone);
    if (wifi !== undefined) one.wifi = wifi;
    if (clock !== undefined) one.clockOffset = clock;
    if (quota !== undefined) one.disk.quota = quota === null ? Number.POSITIVE_INFINITY : one.disk.used + quota;
    if (steps !== undefined) one.steps = steps === null ? null : { left: steps, power: power === true };
    if (online !== undefined) one.setOnline(online);
  },
  show({ phone, tab, visible }) {
    const page = world.phones.get(phone)?.tabs.get(tab);
    if (!page) return;
    page.visible = visible;
    page.task(() => page.document.dispatchEvent(eventOf('visibilitychange')));
  },
  close: ({ phone, tab }) => world.phones.get(phone).close(tab),
  kill: ({ phone, power }) => world.phones.get(phone).kill(power === true),
  look({ id, phone }) {
    const one = world.phones.get(phone);
    const { used, aborts } = one.disk;
    world.said.done.push({ id, value: { tabs: [...one.tabs.keys()], used, aborts } });
  },
  scan({ id, phone, needle }) {
    world.said.done.push({ id, value: found(world.phones.get(phone), new RegExp(needle, 'g')) });
  },
};

/** What of a pattern lies readable on a phone's disk. */
function found(phone, pattern) {
  const hits = new Set();
  for (const { stores } of phone.disk.databases.values())
    for (const { rows } of stores.values())
      for (const { key, value } of rows.values())
        for (const text of [JSON.stringify(key), ...textsIn(value)]) for (const hit of text.match(pattern) ?? []) hits.add(hit);
  return [...hits];
}

function* textsIn(value) {
  if (typeof value === 'string') yield value;
  else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) yield Buffer.from(value).toString('latin1');
  else if (typeof value === 'object' && value !== null)
    for (const name of Object.keys(value)) {
      yield name;
      yield* textsIn(value[name]);
    }
}

process.on('unhandledRejection', (error) => {
  world.said.troubles.push(String(error?.stack ?? error));
});

async function hear(line) {
  const { now, until, do: commands } = JSON.parse(line);
  world.now = now;
  for (const command of commands) {
    try {
      COMMANDS[command.c](command);
    } catch (error) {
      world.said.troubles.push(`${command.c}: ${error.stack}`);
    }
    await world.run();
  }
  if (until > now) await world.liveUntil(until);
  const { said } = world;
  world.said = nothing();
  process.stdout.write(`${JSON.stringify({ ...said, now: world.now, wake: world.wake() })}\n`);
}

let queue = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (line) => {
  // Whoever waits for the answer must not wait for ever: the process ends, and says why.
  queue = queue.then(() => hear(line)).catch((error) => {
    process.stderr.write(`${error?.stack ?? error}\n`, () => process.exit(1));
  });
});
