/** What survives a reload, per entry point: the visitor's token, the draft and the lines not yet acknowledged. */
const openStore = (entry) => {
  const prefix = `chat:${entry}:`;
  let disk;
  try {
    disk = localStorage;
    disk.setItem(`${prefix}probe`, "1");
    disk.removeItem(`${prefix}probe`);
  } catch {
    disk = null; // storage is refused here: the chat lives as long as the page
  }
  const memory = new Map();
  const read = (key) => (disk ? disk.getItem(key) : memory.get(key));
  const keys = () => (disk ? Object.keys(disk) : [...memory.keys()]);
  const drop = (key) => (disk ? disk.removeItem(key) : memory.delete(key));

  const get = (name) => {
    try {
      return JSON.parse(read(prefix + name) || "null");
    } catch {
      return null;
    }
  };
  const set = (name, value) => {
    if (value == null) return drop(prefix + name);
    try {
      return disk ? disk.setItem(prefix + name, JSON.stringify(value)) : memory.set(prefix + name, JSON.stringify(value));
    } catch {
      return memory.set(prefix + name, JSON.stringify(value)); // full: better for this page only than not at all
    }
  };
  return {
    get,
    set,
    // One key per unsent line: two tabs writing at once can not overwrite each other's list.
    unsent: () => keys().filter((key) => key.startsWith(`${prefix}out:`))
      .map((key) => get(key.slice(prefix.length))).filter(Boolean).sort((a, b) => a.at - b.at),
    keep: (line) => set(`out:${line.client_id}`, line),
    forget: (clientId) => set(`out:${clientId}`, null),
    clear: () => keys().filter((key) => key.startsWith(prefix)).forEach(drop),
    onChange: (heard) => addEventListener("storage", (event) => {
      if (event.key === null || event.key.startsWith(prefix)) heard((event.key || prefix).slice(prefix.length));
    }),
  };
};

const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What belongs to this tab alone, and stays over a reload. */
const tab = {
  get(name) {
    try {
      return sessionStorage.getItem(`chat:${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      sessionStorage.setItem(`chat:${name}`, value);
    } catch { /* then it is forgotten */ }
    return value;
  },
};

/** A tab knows which unsent lines are its own. */
const tabName = tab.get("tab") || tab.set("tab", newId());
