"use strict";
// What the page shows.
(() => {
  const { data, NOT, bodies, bodyOf, byId, keys, answer, together, best, sentence, normalise, search } = atlas;
  const el = (id) => document.getElementById(id);
  const LISTED = 100; // things that could reach a body
  const NAMED = 12; // bodies named for each way; the table names all
  const MOST = 20; // names offered
  const DATE = el("atlas-data").dataset.asOf;

  // -- words ----------------------------------------------------------------------------------

  const count = (number) => number.toLocaleString("en-GB");
  const plural = (number, one, many) => count(number) + " " + (number === 1 ? one : many || one + "s");
  const join = (items) => (items.length < 2 ? items.join("") : items.slice(0, -1).join(", ") + " and " + items[items.length - 1]);
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const bodiesWords = (list) => {
    const councils = list.filter((body) => body.council).length;
    const others = list.length - councils;
    if (!others) return plural(councils, "council");
    if (!councils) return plural(others, "public body", "public bodies");
    return plural(councils, "council") + " and " + plural(others, "other public body", "other public bodies");
  };
  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const named = (tag, text) => {
    const made = make(tag);
    made.append(make("bdi", text));
    return made;
  };
  const fill = (target, ...children) => target.replaceChildren(...children);

  // -- the view: everything that the address bar keeps ------------------------------------------

  const view = { a: null, b: null, question: 0, band: 2, kind: null, who: "all", only: null };
  const parameter = (key, value) => key + "=" + encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%2C/g, ",");
  const write = () => {
    const parts = [];
    const add = (key, value) => parts.push(parameter(key, value));
    if (view.a !== null) add("a", data.roots[view.a][0]);
    if (view.b !== null) add("b", data.roots[view.b][0]);
    if (view.question) add("if", data.questions[view.question].id);
    if (view.band !== 2) add("sure", data.bands[view.band][0]);
    if (view.kind !== null) add("kind", data.kinds[view.kind][0]);
    if (view.who !== "all") add("who", view.who);
    if (view.only) add("only", [...view.only].map((body) => bodies[body].id.replace(/^authority:/, "")).join(","));
    const hash = parts.length ? "#" + parts.join("&") : location.pathname + location.search;
    if (parts.length ? location.hash !== hash : location.hash !== "") history.pushState(null, "", hash);
  };
  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    const place = (list, word, otherwise) => {
      const found = list.findIndex(([id]) => id === word);
      return found < 0 ? otherwise : found;
    };
    view.a = byId.has(given.get("a")) ? byId.get(given.get("a")) : null;
    view.b = view.a !== null && byId.has(given.get("b")) && given.get("b") !== given.get("a") ? byId.get(given.get("b")) : null;
    view.question = place(data.questions.map(({ id }) => [id]), given.get("if"), 0);
    view.band = place(data.bands, given.get("sure"), 2);
    view.kind = place(data.kinds, given.get("kind"), null);
    view.who = ["both", "a", "b"].includes(given.get("who")) && view.b !== null ? given.get("who") : "all";
    const only = (given.get("only") || "").split(",").map((slug) => bodyOf.get(byId.get("authority:" + slug))).filter((body) => body !== undefined);
    view.only = only.length ? new Set(only) : null;
  };

  // -- the answer -------------------------------------------------------------------------------

  const holds = (body, touch) => (!view.only || view.only.has(body) || touch.itself);
  const level = (touch) => (view.kind === null ? best(touch) : touch.levels[view.kind]);
  // which of the two reaches it as surely as was asked; of what is less sure, which reaches it at all
  const membership = (touch) => {
    const sure = touch.by.filter(([, own]) => level(own) <= view.band);
    const by = (sure.length ? sure : touch.by).map(([root]) => root);
    return by.length > 1 ? "both" : by[0] === view.a ? "a" : "b";
  };
  const select = () => {
    const roots = view.b === null ? [view.a] : [view.a, view.b];
    const groups = { present: [], past: [], unsure: [], apart: [], itself: [] };
    const all = [];
    for (const [number, touch] of together(view.question, roots)) {
      const row = { body: bodies[number], touch, band: level(touch) };
      if (row.band === NOT || !holds(number, touch)) continue;
      if (view.who !== "all" && membership(touch) !== view.who) continue;
      if (row.body.standing) groups.apart.push(row);
      else if (touch.itself) groups.itself.push(row);
      else {
        all.push(row);
        if (touch.past) groups.past.push(row);
        (row.band <= view.band ? groups.present : groups.unsure).push(row);
      }
    }
    const order = new Intl.Collator("en-GB").compare;
    for (const rows of Object.values(groups)) rows.sort((x, y) => x.band - y.band || order(x.body.usual, y.body.usual) || x.body.number - y.body.number);
    return { ...groups, counted: all };
  };
  const residents = (rows) => {
    const held = new Set(rows.map(({ body }) => body.number));
    const areas = rows.filter(({ body }) => body.people !== -1 && !body.above.some((area) => held.has(area)));
    const known = areas.filter(({ body }) => body.people !== null);
    return { people: known.reduce((sum, { body }) => sum + body.people, 0), areas: known.length, unknown: areas.length - known.length };
  };
  const finding = (found) => {
    const roots = view.b === null ? [view.a] : [view.a, view.b];
    const names = join(roots.map((root) => data.roots[root][1]));
    const question = data.questions[view.question];
    const verb = roots.length > 1 ? question.together : question.failing;
    const itself = join(found.itself.map(({ body }) => body.usual));
    const could = view.band === 3 ? "could be reached or cannot be ruled out" : "could be reached";
    const among = view.only ? "of yours " : "";
    if (!found.present.length) {
      const also = itself ? "besides " + itself + (found.itself.length === 1 ? " itself " : " ") : "";
      const said = among + also + could + " if " + names + " " + verb;
      const surer = found.unsure.filter(({ band }) => band < 3).map(({ body }) => body);
      if (surer.length) return "0 councils " + said + " as surely as that: " + bodiesWords(surer) + " could less surely";
      if (found.unsure.length) return "It is not known whether any council " + said + ": " + bodiesWords(found.unsure.map(({ body }) => body)) + " cannot be ruled out";
      return "0 councils " + said + (found.apart.length ? ": only bodies that are not counted" : ": no route was found in this data");
    }
    const past = found.present.filter(({ touch }) => touch.past).map(({ body }) => body.usual);
    const some = past.length < found.present.length ? past.length + " of them " : past.length > 1 ? "all " : "";
    const listed = past.length > 4 ? past.slice(0, 4).join(", ") + " and " + (past.length - 4) + " more" : join(past);
    const left = past.length ? ", " + some + "as " + (past.length === 1 ? "a past customer" : "past customers") + ": " + listed : "";
    return bodiesWords(found.present.map(({ body }) => body)) + " " + among + (itself ? "besides " + itself + " " : "") + could + " if " + names + " " + verb + left;
  };

  const bandCell = (band, tag) => {
    const cell = make(tag || "td", undefined, band === NOT ? "sign" : "sign b" + band);
    cell.append(make("span", band === NOT ? "not reached" : data.bands[band][1], "hidden"));
    return cell;
  };
  const bandWords = (band) => make("td", data.bands[band][1].replace("cannot be", "not"), "b" + band);
  const head = (words) => {
    const top = make("thead");
    const row = make("tr");
    for (const [word, className] of words) {
      const cell = make("th", undefined, className);
      cell.scope = "col";
      cell.append(make("span", word));
      row.append(cell);
    }
    top.append(row);
    return top;
  };
  const usedKinds = (rows) => data.kinds.map((_, kind) => kind).filter((kind) => rows.some(({ touch }) => touch.levels[kind] !== NOT));
  const servicesWords = (touch, limit) => {
    const shown = touch.services.filter(([, how]) => (view.kind === null ? Math.min(...how) : how[view.kind]) <= limit);
    return shown.map(([area]) => data.areas[area][1]).join(", ");
  };
  const rowsTable = (target, rows, title, limit) => {
    target.hidden = !rows.length;
    if (!rows.length) return fill(target);
    const kinds = usedKinds(rows);
    const two = view.b !== null;
    const table = make("table", undefined, "reached");
    table.append(make("caption", title));
    table.append(head([
      ["Who", "who"], ...(two ? [["Reached by", ""]] : []), ["How surely", ""],
      ...kinds.map((kind) => [capital(data.kinds[kind][1]), "upright"]), ["Services", ""], ["How it is reached", "how"],
    ]));
    const body = make("tbody");
    for (const row of rows) {
      const line = make("tr");
      const who = named("th", row.body.usual);
      who.scope = "row";
      line.append(who);
      if (two) line.append(make("td", { both: "both", a: "only A", b: "only B" }[membership(row.touch)]));
      line.append(bandWords(row.band));
      for (const kind of kinds) line.append(bandCell(row.touch.levels[kind]));
      line.append(make("td", servicesWords(row.touch, limit) || "none known", "services"));
      line.append(named("td", sentence(row.body, row.touch.chain)));
      body.append(line);
    }
    table.append(body);
    const box = make("div", undefined, "scroll");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", title);
    box.append(table);
    fill(target, box);
  };
  const kindsTable = (rows) => {
    const table = el("kinds");
    const body = make("tbody");
    for (const kind of usedKinds(rows)) {
      const line = make("tr");
      const name = make("th", capital(data.kinds[kind][1]));
      name.scope = "row";
      line.append(name);
      data.bands.forEach((_, band) => line.append(make("td", count(rows.filter(({ touch }) => touch.levels[kind] === band).length), "number")));
      body.append(line);
    }
    const top = head([["What could happen", ""], ...data.bands.map(([, phrase], band) => [capital(phrase.replace("cannot be", "not")), "number b" + band])]);
    fill(table, make("caption", "What could happen, and how surely"), top, body);
  };
  const apartTable = (found) => {
    const roots = [view.a, view.b];
    const target = el("apart-two");
    target.hidden = view.b === null;
    if (view.b === null) return fill(target);
    const counts = roots.map((root) => new Set([...answer(view.question, root)].filter(([body, touch]) =>
      !bodies[body].standing && !touch.itself && level(touch) <= view.band && holds(body, touch)).map(([body]) => body)));
    const both = [...counts[0]].filter((body) => counts[1].has(body)).length;
    const table = make("table");
    const body = make("tbody");
    const line = (name, number) => {
      const row = make("tr");
      const cell = named("th", name);
      cell.scope = "row";
      row.append(cell, make("td", count(number), "number"));
      body.append(row);
    };
    line("A: " + data.roots[view.a][1], counts[0].size);
    line("B: " + data.roots[view.b][1], counts[1].size);
    line("Both A and B", both);
    line("Only A", counts[0].size - both);
    line("Only B", counts[1].size - both);
    line("Either, together", counts[0].size + counts[1].size - both);
    table.append(make("caption", "A and B side by side"), head([["Reached by", ""], ["Public bodies", "number"]]), body);
    fill(target, table, make("p", el("together-note").textContent, "note"));
  };
  // the other way round: what could reach the body that was asked about
  const towards = () => {
    const target = el("towards");
    const own = view.b === null ? bodyOf.get(view.a) : undefined;
    target.hidden = own === undefined;
    if (own === undefined) return fill(target);
    const body = bodies[own];
    const rows = [];
    data.roots.forEach((_, root) => {
      const touch = answer(view.question, root).get(own);
      if (touch && !touch.itself && level(touch) <= view.band) rows.push({ root, touch, band: level(touch) });
    });
    const isLine = ({ root }) => (data.roots[root][0].includes("/") ? 1 : 0);
    rows.sort((x, y) => x.band - y.band || isLine(x) - isLine(y) || x.root - y.root);
    const title = plural(rows.length, "thing") + " on this map could reach " + body.usual + (rows.length > LISTED ? ": the surest " + LISTED : "");
    const heading = make("h3");
    heading.append(make("bdi", title));
    const note = make("p", "The other way round: each of these alone, " + (view.question ? "if it left the market or went insolvent." : "if it were compromised."), "note");
    if (!rows.length) return fill(target, heading, note);
    const table = make("table", undefined, "reached");
    const lines = make("tbody");
    for (const { root, touch, band } of rows.slice(0, LISTED)) {
      const line = make("tr");
      const name = make("th");
      name.scope = "row";
      const link = named("a", data.roots[root][1]);
      link.href = "#" + parameter("a", data.roots[root][0]) + (view.question ? "&" + parameter("if", data.questions[view.question].id) : "");
      name.append(link);
      line.append(name, make("td", data.roots[root][2]), bandWords(band), named("td", sentence(body, touch.chain)));
      lines.append(line);
    }
    table.append(head([["What", "who"], ["It is", ""], ["How surely", ""], ["How it reaches", "how"]]), lines);
    const box = make("div", undefined, "scroll");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", title);
    box.append(table);
    fill(target, heading, note, box);
  };
  const waysList = (rows) => {
    const ways = new Map();
    for (const row of rows) ways.set(row.touch.route, [...(ways.get(row.touch.route) || []), row]);
    const sorted = [...ways].sort(([, x], [, y]) => y.length - x.length);
    el("ways-title").hidden = !rows.length;
    fill(el("ways"), ...sorted.map(([way, those]) => {
      const item = make("li");
      const names = those.slice(0, NAMED).map(({ body }) => body.usual);
      if (those.length > NAMED) names.push(count(those.length - NAMED) + " more");
      item.append(make("strong", capital(way) + ", " + count(those.length)), ": " + join(names));
      return item;
    }));
  };
  const tileMap = (found) => {
    const shown = new Map();
    for (const row of [...found.itself, ...found.present, ...(view.band === 3 ? found.unsure : [])]) shown.set(row.body.number, row);
    let drawn = 0;
    for (const tile of document.querySelectorAll("#map g[data-body]")) {
      const row = shown.get(Number(tile.dataset.body));
      const body = bodies[tile.dataset.body];
      const mine = !view.only || view.only.has(body.number);
      drawn += row ? 1 : 0;
      const said = row ? (row.touch.itself && row.band === 0 ? "asked about" : data.bands[row.band][1]) : "";
      tile.setAttribute("class", row ? "t" + row.band : mine ? "" : "elsewhere");
      tile.querySelector(".mark").textContent = !row ? "" : view.b !== null ? { both: "AB", a: "A", b: "B" }[membership(row.touch)] : "\u25A0\u25B2\u25CF\u25C7"[row.band];
      tile.querySelector("title").textContent = body.usual + (said ? ": " + said : "");
    }
    el("map-title").textContent = "Where: " + plural(drawn, "council") + " on the map";
    const missing = found.present.length + found.itself.length - drawn;
    el("map-text").textContent = "One tile of equal size for each council, counties in a block of their own. " +
      (view.b === null ? "\u25A0 documented, \u25B2 likely, \u25CF possible, \u25C7 not ruled out. " : "A, B or AB: by which of the two it is reached; the darker the surer. ") +
      (missing > 0 ? plural(missing, "body", "bodies") + " reached " + (missing === 1 ? "has" : "have") + " no tile. " : "") + "The table says the same in words.";
  };
  const shownWords = (found) => {
    const parts = ["Data of " + DATE];
    parts.push(view.band === 3 ? "everything that is not ruled out" : data.bands[view.band][1] + (view.band ? " or surer" : " only"));
    if (view.kind !== null) parts.push("only where " + data.kinds[view.kind][1]);
    if (view.only) parts.push("only " + plural(view.only.size, "council") + " of a list");
    if (view.who !== "all") parts.push("only what is reached by " + { both: "both", a: "A alone", b: "B alone" }[view.who]);
    return parts.join("; ") + ".";
  };
  const list = (rows) => join(rows.map(({ body }) => body.usual));

  const show = () => {
    const asked = view.a !== null;
    el("answer").hidden = !asked;
    el("worst").hidden = asked;
    el("who-field").hidden = view.b === null;
    document.title = el("atlas-data").dataset.title;
    if (!asked) return;
    const found = select();
    const said = finding(found);
    fill(el("finding"), make("bdi", said));
    document.title = el("atlas-data").dataset.label + " " + said;
    el("shown").textContent = shownWords(found);
    const lives = residents(found.present);
    const wide = found.unsure.filter(({ band }) => band === 3);
    el("n-bodies").textContent = count(found.present.length);
    el("n-bodies-noun").textContent = found.present.length === 1 ? "public body" : "public bodies";
    el("n-bodies-note").textContent = bodiesWords(found.present.map(({ body }) => body)) + ", " + (view.band === 3 ? "reached or not ruled out" : data.bands[view.band][1] + (view.band ? " or surer" : ""));
    el("n-people").textContent = "up to " + count(lives.people);
    el("n-people-note").textContent = "live in " + (lives.areas === 1 ? "this area" : "these " + count(lives.areas) + " areas") +
      ": a ceiling, each counted once, never the number affected" + (lives.unknown ? "; not known for " + count(lives.unknown) : "");
    el("n-wide").textContent = count(view.band === 3 ? 0 : wide.length);
    kindsTable(found.counted);
    apartTable(found);
    waysList(found.present);
    tileMap(found);
    rowsTable(el("present"), found.present, view.band === 3 ? "Who could be reached or cannot be ruled out" : "Who could be reached", view.band);
    rowsTable(el("unsure"), view.band === 3 ? [] : found.unsure, "Less sure, or cannot be ruled out: left out of the numbers above", 3);
    rowsTable(el("past"), found.past, "Past customers: ask whether their data were returned", 3);
    towards();
    const gone = found.apart.filter(({ body }) => body.standing === 1);
    const groups = found.apart.filter(({ body }) => body.standing === 2);
    el("apart").textContent = !found.apart.length ? "" : "Not counted: " + [
      gone.length ? plural(gone.length, "body that no longer exists", "bodies that no longer exist") + " (" + list(gone) + ")" : "",
      groups.length ? plural(groups.length, "group of bodies", "groups of bodies") + " (" + list(groups) + ")" : "",
    ].filter(Boolean).join(" and ") + ".";
  };

  // -- controls ---------------------------------------------------------------------------------

  const combo = (input, box, choose) => {
    let options = [];
    let at = -1;
    const close = () => {
      box.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (to) => {
      at = to;
      [...box.children].forEach((child, place) => child.setAttribute("aria-selected", String(place === at)));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", box.children[at].id);
      box.children[at].scrollIntoView({ block: "nearest" });
    };
    const take = (root) => {
      input.value = root === null ? "" : data.roots[root][1];
      close();
      choose(root);
    };
    const open = () => {
      options = search(input.value, MOST);
      fill(box, ...options.map((root, place) => {
        const option = named("li", data.roots[root][1]);
        option.id = box.id + "-" + place;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(make("span", data.roots[root][2], "what"));
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => take(root));
        return option;
      }));
      box.hidden = !options.length;
      at = -1;
      input.setAttribute("aria-expanded", String(options.length > 0));
      const typed = input.value.trim();
      el(input.id + "-said").textContent = !typed ? "" : options.length ? plural(options.length, "name") + (options.length === MOST ? " or more" : "") + " found: choose with the arrow keys" : "No name in this map is like that. Unknown is not safe: it may be missing.";
    };
    input.addEventListener("input", open);
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== input) close(); }, 100));
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (box.hidden) open();
        if (options.length) mark((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + options.length) % options.length);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (!input.value.trim()) return take(null);
        if (box.hidden) open();
        if (options.length) take(options[at < 0 ? 0 : at]);
      } else if (event.key === "Escape") close();
    });
    input.addEventListener("change", () => { if (!input.value.trim()) take(null); });
  };
  const changed = () => {
    write();
    show();
  };
  const mirror = () => {
    for (const side of ["a", "b"]) el(side).value = view[side] === null ? "" : data.roots[view[side]][1];
    for (const radio of document.querySelectorAll("input[name=if]")) radio.checked = Number(radio.value) === view.question;
    el("sure").value = String(view.band);
    el("kind").value = view.kind === null ? "" : String(view.kind);
    el("who").value = view.who;
    if (view.only && !el("mine").value.trim()) {
      el("mine").value = [...view.only].map((body) => bodies[body].usual).join("\n");
      el("mine-box").open = true;
    }
    if (view.only) el("mine-said").textContent = "Only " + plural(view.only.size, "council") + " of your list.";
  };
  const members = () => {
    const lines = el("mine").value.split(/[\n;\t]+/).map((line) => line.trim()).filter(Boolean);
    const found = new Set();
    const unknown = [];
    for (const line of lines) {
      const hits = search(line, 40).filter((root) => bodyOf.has(root));
      const exact = hits.filter((root) => keys[root].includes(normalise(line)));
      const alive = exact.filter((root) => bodies[bodyOf.get(root)].standing === 0);
      const clear = exact.length === 1 ? exact : alive.length === 1 ? alive : [];
      if (clear.length) found.add(bodyOf.get(clear[0]));
      else unknown.push(line);
    }
    view.only = found.size ? new Set([...found].sort((x, y) => x - y)) : null;
    el("mine-said").textContent = (found.size ? "Only " + plural(found.size, "council") + " of your list." : lines.length ? "None of these names is known; all are shown." : "All are shown.") +
      (unknown.length ? " Not clear, and left out: " + unknown.join(", ") + ". Write the name in full." : "");
    changed();
  };

  combo(el("a"), el("a-list"), (root) => {
    view.a = root;
    if (root === null || view.b === root) view.b = null;
    if (view.b === null) view.who = "all";
    changed();
    mirror();
  });
  combo(el("b"), el("b-list"), (root) => {
    view.b = root === view.a || view.a === null ? null : root;
    view.who = "all";
    changed();
    mirror();
  });
  for (const radio of document.querySelectorAll("input[name=if]")) {
    radio.addEventListener("change", () => {
      view.question = Number(radio.value);
      changed();
    });
  }
  el("sure").addEventListener("change", () => { view.band = Number(el("sure").value); changed(); });
  el("kind").addEventListener("change", () => { view.kind = el("kind").value === "" ? null : Number(el("kind").value); changed(); });
  el("who").addEventListener("change", () => { view.who = el("who").value; changed(); });
  el("mine-apply").addEventListener("click", members);
  el("mine-clear").addEventListener("click", () => {
    el("mine").value = "";
    members();
  });
  el("print").addEventListener("click", () => window.print());
  for (const link of document.querySelectorAll("#worst [data-root]")) {
    const made = make("a");
    made.href = "#" + parameter("a", link.dataset.root);
    made.append(...link.childNodes);
    link.append(made);
  }
  const arrive = () => {
    read();
    mirror();
    show();
  };
  addEventListener("popstate", arrive);
  addEventListener("hashchange", arrive);
  el("ask").hidden = false;
  el("no-scripts").hidden = true;
  arrive();
})();
